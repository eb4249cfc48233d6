package appliance.cluster.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Asker;
import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who was let in and has not joined. */
final class CredentialsTest {

  private ClusterState state = ClusterState.EMPTY;

  private static Fingerprint key(int number) {
    return new Fingerprint("%064x".formatted(number));
  }

  private String apply(Command command) {
    Outcome outcome = command.apply(state.counted());
    state = outcome.state();
    return outcome.refusal();
  }

  @Test
  void one_that_was_let_in_and_has_not_joined_is_refused_all_the_same() {
    apply(new TrustCommand.Admit(key(99), "c"));
    assertEquals(List.of(new Asker(key(99), "c", "")), state.credentials().letIn());
    assertEquals("", apply(new TrustCommand.Refuse(key(99))));
    assertEquals(List.of(), state.credentials().letIn());
    assertEquals(List.of(key(99)), state.credentials().refused());
  }

  @Test
  void a_member_that_shows_another_key_is_told_what_to_do() {
    NodeId id = new NodeId(new UUID(0, 1));
    HostPort host = new HostPort("192.0.2.1", 7800);
    Entry first = new Entry(
        id,
        "a",
        new Endpoints(host, host, host, host, Optional.empty()),
        1,
        new UUID(9, 1),
        0,
        0,
        Standing.JOINING,
        key(1));
    assertEquals("", apply(new MemberCommand.Announce(first, Optional.empty())));
    Entry lost =
        new Entry(id, "a", first.endpoints(), 2, new UUID(9, 2), 0, 0, Standing.JOINING, key(2));
    String refusal = apply(new MemberCommand.Announce(lost, Optional.empty()));
    assertTrue(refusal.contains("run 'appliance new-identity'"), refusal);
  }

  @Test
  void of_too_many_that_were_let_in_and_have_not_joined_the_earliest_makes_room()
      throws IOException {
    List<Fingerprint> keys = new ArrayList<>();
    for (int i = 0; i < Credentials.ADMITTED_MAX; i++) {
      keys.add(key(1000 - i)); // the earliest is the last by order
      assertEquals("", apply(new TrustCommand.Admit(keys.get(i), "c")));
    }
    state = ClusterState.decode(state.encode()); // as after a restart
    assertEquals("", apply(new TrustCommand.Admit(keys.get(0), "asks again")));
    assertEquals("", apply(new TrustCommand.Admit(key(2000), "d")));
    List<Fingerprint> left = List.copyOf(state.credentials().admitted().keySet());
    assertEquals(Credentials.ADMITTED_MAX, left.size());
    assertFalse(left.contains(keys.get(1)), "who has asked the longest ago");
    assertEquals(List.of(keys.get(0), key(2000)), left.subList(left.size() - 2, left.size()));
  }
}
