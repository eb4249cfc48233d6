package appliance.cluster.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replicated state that has grown beyond its limit by what nobody is asked about: who was let in. */
final class FullStateTest {

  private static final String LARGER = "the replicated state would be larger than 100 KB; ";

  private ClusterState state = ClusterState.EMPTY;

  private String apply(Command command) {
    Outcome outcome = command.apply(state);
    state = outcome.state();
    return outcome.refusal();
  }

  private String put(String key, int length) {
    return apply(new ClusterCommand.Put(key, "v".repeat(length), true));
  }

  private String announce(int member, int incarnation) {
    HostPort address = new HostPort("h".repeat(250), 7800);
    URI app = URI.create("http://127.0.0.1/" + "a".repeat(2000));
    NodeId id = new NodeId(new UUID(7, member));
    Entry entry = new Entry(
        id,
        "n" + member,
        new Endpoints(address, address, address, address, Optional.of(app)),
        incarnation,
        new UUID(9, incarnation),
        0,
        0,
        Standing.JOINING,
        key(member));
    apply(new TrustCommand.Admit(entry.key(), entry.name()));
    return apply(new MemberCommand.Announce(entry, Optional.empty()));
  }

  private static Fingerprint key(int number) {
    return new Fingerprint(String.format("%064x", number));
  }

  @BeforeEach
  void fill() {
    apply(new ClusterCommand.Found(new UUID(1, 1)));
    for (int member = 0; announce(member, 1).isEmpty(); member++) {
      assertTrue(member < ClusterState.MEMBERS_MAX);
    }
    for (int length = 1024; length > 0; length /= 2) {
      put("k" + length, length);
    }
    for (int other = 1000; other < 1000 + Credentials.ADMITTED_MAX; other++) {
      apply(new TrustCommand.Admit(key(other), "other"));
    }
    assertFalse(state.fits());
  }

  @Test
  void a_member_comes_back_and_no_other_one_comes() {
    assertEquals("", announce(0, 2));
    assertEquals(2, state.member(new NodeId(new UUID(7, 0))).orElseThrow().incarnation());
    assertTrue(announce(50, 1).startsWith(LARGER));
  }

  @Test
  void settings_become_smaller_and_fewer_and_no_larger() {
    String first = state.settings().firstKey();
    int length = state.settings().getOrDefault(first, "").length();
    assertTrue(put(first, length + 1).startsWith(LARGER));
    assertTrue(put("another", 1).startsWith(LARGER));
    assertEquals("", put(first, length - 1));
    assertEquals("", put(first, 0));
    assertFalse(state.settings().containsKey(first));
    assertFalse(state.fits(), "there is more to remove");
  }

  @Test
  void it_is_carried_over_by_a_recovery() throws IOException {
    Command carried =
        new OperatorCommand.Recover(state, new OperatorAct(1000, "recovered", "on a"));
    assertEquals(carried, Command.decode(carried.encode()));
  }
}
