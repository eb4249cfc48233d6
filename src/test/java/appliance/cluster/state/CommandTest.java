package appliance.cluster.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Seed;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What each entry of the log does to the state, and how it looks on the wire. */
final class CommandTest {

  private static final NodeId A = new NodeId(new UUID(1, 1));
  private static final NodeId B = new NodeId(new UUID(2, 2));

  private static final OperatorAct ACT = new OperatorAct(1000, "removed", "on a");
  private static final GtidPosition AT = GtidPosition.parse("0-1-42");

  private ClusterState state = ClusterState.EMPTY;

  private static Entry entry(NodeId id, String name, long incarnation) {
    HostPort address = new HostPort("10.0.0.1", 7800);
    Endpoints endpoints = new Endpoints(
            address, address, address, address, Optional.of(URI.create("http://127.0.0.1:9000")))
        .with(Map.of("shop", URI.create("fastcgi+unix:/run/php.sock")));
    return new Entry(
        id,
        name,
        endpoints,
        incarnation,
        new UUID(9, incarnation),
        0,
        0,
        Standing.JOINING,
        key(id));
  }

  private static Fingerprint key(NodeId id) {
    return new Fingerprint(String.format("%064x", id.value().getLeastSignificantBits()));
  }

  /** With its key admitted, as by the secret or a person. */
  private String announce(Entry entry, Optional<NodeId> replaces) {
    assertEquals("", apply(new TrustCommand.Admit(entry.key(), entry.name())));
    return apply(new MemberCommand.Announce(entry, replaces));
  }

  private String apply(Command command) {
    Outcome outcome = command.apply(state.counted());
    state = outcome.state();
    return outcome.refusal();
  }

  private Standing standing(NodeId id) {
    return state.member(id).orElseThrow().standing();
  }

  private void join(NodeId id, String name) {
    assertEquals("", announce(entry(id, name, 1), Optional.empty()));
    assertEquals("", apply(new MemberCommand.Ready(id, new UUID(9, 1))));
  }

  private void twoWithMasterA() {
    join(A, "a");
    join(B, "b");
    assertEquals("", apply(new MasterCommand.Assign(Epoch.NONE, A)));
  }

  @Test
  void each_command_survives_the_wire() throws IOException {
    List<Command> commands = List.of(
        new ClusterCommand.Found(new UUID(3, 4)),
        new ClusterCommand.Beat(),
        new ClusterCommand.Put("k", "v", true),
        new MemberCommand.Announce(entry(A, "a", 3), Optional.of(B)),
        new MemberCommand.Ready(A, new UUID(1, 2)),
        new MemberCommand.Drain(A),
        new MemberCommand.Drained(A),
        new MemberCommand.Resume(A),
        new MemberCommand.Leave(A, new UUID(1, 2)),
        new MasterCommand.Assign(new Epoch(7), A),
        new MasterCommand.Renew(new Epoch(7), A, AT),
        new MasterCommand.Release(new Epoch(7), A, AT),
        new MasterCommand.HandOver(new Epoch(7), B),
        new MasterCommand.Attend(new Epoch(7), B),
        new MasterCommand.Quit(new Epoch(7), B, 8),
        new TrustCommand.Refuse(key(B)),
        new ClusterCommand.Hold(),
        new OperatorCommand.Remove(A, ACT),
        new OperatorCommand.Promote(new Epoch(7), A, ACT),
        new OperatorCommand.Forget(A),
        new OperatorCommand.Recover(state.with(History.EMPTY.after(new UUID(5, 6))), ACT));
    for (Command command : commands) {
      assertEquals(command, Command.decode(command.encode()));
    }
  }

  @Test
  void the_state_survives_the_wire() throws IOException {
    twoWithMasterA();
    apply(new ClusterCommand.Found(new UUID(3, 4)));
    apply(new ClusterCommand.Put("k", "v", false));
    apply(new OperatorCommand.Promote(state.mastership().epoch(), B, ACT));
    apply(new MasterCommand.Attend(state.mastership().epoch(), A));
    apply(new TrustCommand.Refuse(new Fingerprint("e".repeat(64))));
    apply(new OperatorCommand.Remove(A, ACT));
    assertEquals(state, ClusterState.decode(state.encode()));
  }

  @Test
  void broken_bytes_are_an_error_and_never_more() {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] sound = new MemberCommand.Announce(entry(A, "a", 3), Optional.of(B)).encode();
    for (int i = 0; i < 20_000; i++) {
      byte[] broken = random.nextBoolean() ? sound.clone() : new byte[random.nextInt(200)];
      if (broken.length > 0) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      try {
        Command.decode(broken).apply(state);
      } catch (IOException e) {
        assertFalse(e.toString().isEmpty(), "seed " + seed);
      }
    }
    assertThrows(IOException.class, () -> Command.decode(new byte[Command.BYTES_MAX + 1]));
  }

  @Test
  void the_epoch_grows_by_one_and_an_assignment_acts_once() {
    twoWithMasterA();
    assertEquals(new Epoch(1), state.mastership().epoch());
    assertFalse(apply(new MasterCommand.Assign(Epoch.NONE, B)).isEmpty(), "a late duplicate");
    assertEquals(Optional.of(A), state.mastership().holder());
    assertEquals("", apply(new MasterCommand.Assign(new Epoch(1), B)));
    assertEquals(new Epoch(2), state.mastership().epoch());
    assertFalse(state.mastership().handedOver(), "a has not released");
  }

  @Test
  void what_the_master_has_of_the_database_is_kept_until_another_master_says_what_it_has() {
    twoWithMasterA();
    assertEquals(GtidPosition.START, state.mastership().acknowledged());
    apply(new MasterCommand.Renew(new Epoch(1), A, AT));
    apply(new MasterCommand.Renew(new Epoch(9), A, GtidPosition.START));
    assertEquals(AT, state.mastership().acknowledged(), "another epoch's word does not count");
    GtidPosition later = GtidPosition.parse("0-1-43");
    apply(new MasterCommand.Release(new Epoch(1), A, later));
    apply(new MasterCommand.Assign(new Epoch(1), B));
    assertEquals(later, state.mastership().acknowledged());
    GtidPosition restored = GtidPosition.parse("0-1-7");
    apply(new MasterCommand.Renew(new Epoch(2), B, restored));
    assertEquals(restored, state.mastership().acknowledged(), "a database may be set back");
  }

  @Test
  void a_master_that_was_replaced_renews_no_more() {
    twoWithMasterA();
    assertEquals("", apply(new MasterCommand.Renew(new Epoch(1), A, AT)));
    apply(new MasterCommand.Assign(new Epoch(1), B));
    assertFalse(apply(new MasterCommand.Renew(new Epoch(1), A, AT)).isEmpty());
    assertFalse(apply(new MasterCommand.Renew(new Epoch(2), A, AT)).isEmpty());
    assertEquals("", apply(new MasterCommand.Renew(new Epoch(2), B, AT)));
  }

  @Test
  void what_was_forced_is_told_for_a_while() {
    History old = History.EMPTY.with(ACT);
    assertFalse(old.forcedLately());
    assertTrue(old.with(OperatorAct.now("promoted", "a", "")).forcedLately());
  }

  @Test
  void a_refused_key_is_remembered_until_it_is_admitted_and_a_members_cannot_be_refused() {
    twoWithMasterA();
    assertTrue(apply(new TrustCommand.Refuse(key(A))).contains("is a member"));
    Fingerprint first = key(new NodeId(new UUID(7, 99)));
    assertEquals("", apply(new TrustCommand.Refuse(first)));
    assertEquals("", apply(new TrustCommand.Refuse(first)), "came twice");
    apply(new OperatorCommand.Remove(B, ACT));
    apply(new OperatorCommand.Forget(B));
    assertEquals(List.of(first), state.credentials().refused());
    assertEquals("", apply(new TrustCommand.Admit(first, "c")));
    assertEquals(List.of(), state.credentials().refused());
    int before = state.encode().length;
    for (int i = 100; i <= 100 + Credentials.REFUSED_MAX; i++) {
      assertEquals("", apply(new TrustCommand.Refuse(key(new NodeId(new UUID(7, i))))));
    }
    assertEquals(Credentials.REFUSED_MAX, state.credentials().refused().size());
    assertEquals(
        key(new NodeId(new UUID(7, 101))), state.credentials().refused().get(0));
    assertEquals(before + Credentials.REFUSED_BYTES_MAX, state.encode().length);
  }

  @Test
  void after_a_release_the_next_master_need_not_wait() {
    twoWithMasterA();
    assertEquals("", apply(new MasterCommand.HandOver(new Epoch(1), B)));
    assertEquals("", apply(new MasterCommand.Renew(new Epoch(1), A, AT)), "for what has begun");
    apply(new MasterCommand.Release(new Epoch(1), A, AT));
    assertFalse(apply(new MasterCommand.Renew(new Epoch(1), A, AT)).isEmpty(), "it has let go");
    assertEquals(Optional.of(B), state.mastership().target());
    apply(new MasterCommand.Assign(new Epoch(1), B));
    assertTrue(state.mastership().handedOver());
  }

  @Test
  void what_is_said_twice_as_its_answer_was_lost_happens_once_and_is_no_failure() {
    twoWithMasterA();
    for (int i = 0; i < 2; i++) {
      assertEquals("", apply(new MasterCommand.HandOver(new Epoch(1), B)));
    }
    assertFalse(apply(new MasterCommand.HandOver(new Epoch(1), A)).isEmpty(), "another one");
    apply(new MasterCommand.Release(new Epoch(1), A, AT));
    apply(new MasterCommand.Assign(new Epoch(1), B));
    assertEquals("", apply(new MasterCommand.HandOver(new Epoch(1), B)), "it is done");
    for (int i = 0; i < 2; i++) {
      assertEquals("", apply(new OperatorCommand.Promote(new Epoch(2), A, ACT)));
    }
    assertEquals(new Epoch(3), state.mastership().epoch());
    assertFalse(apply(new MasterCommand.HandOver(new Epoch(1), B)).isEmpty(), "it is over");
  }

  @Test
  void a_new_run_of_the_master_is_not_master() {
    twoWithMasterA();
    announce(entry(A, "a", 2), Optional.empty());
    assertEquals(Mastership.Phase.VACANT, state.mastership().phase());
    assertFalse(state.mastership().handedOver(), "nobody knows what the old run still does");
    assertEquals(Standing.JOINING, standing(A));
  }

  @Test
  void a_copied_data_folder_is_refused() {
    join(A, "a");
    announce(entry(A, "a", 5), Optional.empty());
    Entry copy = entry(A, "a", 5);
    Entry other =
        new Entry(A, "a", copy.endpoints(), 5, new UUID(77, 77), 0, 0, Standing.JOINING, key(A));
    assertTrue(announce(other, Optional.empty()).contains("copy"));
    assertTrue(announce(entry(A, "a", 4), Optional.empty()).contains("copy, or was set back"));
  }

  @Test
  void a_name_is_taken_over_only_from_the_named_dead() {
    join(A, "a");
    assertFalse(announce(entry(B, "a", 1), Optional.empty()).isEmpty());
    assertEquals("", announce(entry(B, "a", 1), Optional.of(A)));
    assertEquals(Optional.empty(), state.member(A));
  }

  @Test
  void a_drained_node_stays_drained_over_its_restart() {
    twoWithMasterA();
    assertEquals("", apply(new MemberCommand.Drain(B)));
    apply(new MemberCommand.Drained(B));
    apply(new MemberCommand.Leave(B, new UUID(9, 1)));
    announce(entry(B, "b", 2), Optional.empty());
    apply(new MemberCommand.Ready(B, new UUID(9, 2)));
    assertEquals(Standing.DRAINED, standing(B));
    assertTrue(apply(new MemberCommand.Drain(A)).contains("last active"));
  }

  @Test
  void settings_are_limited_in_all() {
    String refusal = "";
    for (int i = 0; i < 10 && refusal.isEmpty(); i++) {
      refusal = apply(new ClusterCommand.Put("k" + i, "v".repeat(16_000), true));
    }
    assertTrue(refusal.contains("64 KB"), refusal);
    assertTrue(state.encode().length < 100_000);
  }

  @Test
  void the_replicated_state_stays_below_100_KB_whatever_is_asked_for() throws IOException {
    HostPort address = new HostPort("h".repeat(250), 7800);
    URI app = URI.create("http://127.0.0.1/" + "a".repeat(2000));
    Endpoints long_ones = new Endpoints(address, address, address, address, Optional.of(app));
    String refusal = "";
    int members = 0;
    for (; refusal.isEmpty() && members < ClusterState.MEMBERS_MAX; members++) {
      NodeId id = new NodeId(new UUID(7, members));
      Entry entry = new Entry(
          id, "n" + members, long_ones, 1, new UUID(9, 1), 0, 0, Standing.JOINING, key(id));
      refusal = announce(entry, Optional.empty());
    }
    assertTrue(refusal.contains("larger than 100 KB; remove nodes"), refusal);
    for (int i = 0; i < 3 * History.DEPARTED_MAX && state.members().size() > 1; i++) {
      NodeId first = state.members().firstKey();
      apply(new OperatorCommand.Remove(first, ACT));
      apply(new OperatorCommand.Forget(first));
    }
    assertTrue(state.fits());
    Command carried = new OperatorCommand.Recover(state, ACT);
    assertEquals(carried, Command.decode(carried.encode()), "and so it can be carried over");
  }

  @Test
  void what_is_over_is_remembered_within_bounds() {
    History history = History.EMPTY;
    for (int i = 0; i < 2 * History.DEPARTED_MAX; i++) {
      OperatorAct act = new OperatorAct(i, "removed", "on a");
      history = history
          .departed(new NodeId(new UUID(7, i)), new History.Removal("n" + i, act))
          .with(act)
          .after(new UUID(8, i));
    }
    assertEquals(History.DEPARTED_MAX, history.departed().size());
    assertTrue(history
        .departure(new NodeId(new UUID(7, 2 * History.DEPARTED_MAX - 1)))
        .isPresent());
    assertEquals(History.FORMER_MAX, history.former().size());
    assertEquals(History.FORCED_MAX, history.forced().size());
  }

  @Test
  void a_master_that_took_over_by_force_and_leaves_does_not_spare_the_next_one_the_wait() {
    twoWithMasterA();
    apply(new MasterCommand.Assign(state.mastership().epoch(), B)); // without a word of A
    apply(new MemberCommand.Leave(B, new UUID(9, 1)));
    assertEquals(Mastership.Phase.VACANT, state.mastership().phase());
    apply(new MasterCommand.Assign(state.mastership().epoch(), A));
    assertTrue(state.mastership().heldBy(A));
    assertFalse(state.mastership().handedOver());
  }

  @Test
  void a_master_that_leaves_in_order_spares_the_next_one_the_wait() {
    twoWithMasterA();
    apply(new MemberCommand.Leave(A, new UUID(9, 1)));
    apply(new MasterCommand.Assign(state.mastership().epoch(), B));
    assertTrue(state.mastership().heldBy(B));
    assertTrue(state.mastership().handedOver());
  }

  @Test
  void a_removed_identity_is_refused_with_who_and_when() {
    twoWithMasterA();
    assertEquals("", apply(new OperatorCommand.Remove(A, ACT)));
    assertEquals(Mastership.Phase.VACANT, state.mastership().phase());
    String refusal = announce(entry(A, "a", 2), Optional.empty());
    assertTrue(refusal.contains("removed on a at 1970-01-01T00:00:01Z"), refusal);
    assertEquals("", apply(new OperatorCommand.Remove(A, ACT)), "came twice");
    assertTrue(apply(new OperatorCommand.Remove(B, ACT)).contains("the only member"));
    assertFalse(apply(new MemberCommand.Resume(A)).isEmpty(), "it does not come back by a resume");
    apply(new MemberCommand.Leave(A, new UUID(9, 1)));
    assertEquals(Standing.REMOVED, standing(A));
    apply(new OperatorCommand.Forget(A));
    assertTrue(state.member(A).isEmpty());
    assertFalse(announce(entry(A, "a", 2), Optional.empty()).isEmpty());
  }

  @Test
  void what_the_program_makes_up_does_not_replace_what_is_there() {
    assertEquals("", apply(new ClusterCommand.Put("password", "first", false)));
    assertEquals("", apply(new ClusterCommand.Put("password", "first", false)), "came twice");
    assertFalse(apply(new ClusterCommand.Put("password", "second", false)).isEmpty());
    assertEquals("first", state.settings().get("password"));
    assertEquals("", apply(new ClusterCommand.Put("password", "a person's", true)));
    assertEquals("a person's", state.settings().get("password"));
  }

  @Test
  void a_cluster_holds_something_once_another_was_there_or_a_person_set_something() {
    join(A, "a");
    apply(new ClusterCommand.Put("generated", "x", false));
    assertFalse(state.held());
    join(B, "b");
    assertTrue(state.held());
    assertTrue(
        new ClusterCommand.Put("k", "v", true).apply(ClusterState.EMPTY).state().held());
  }
}
