package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.Lab;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.testing.LogLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom a newcomer without a secret believes. */
final class WaitingRoomTest {

  private static final HostPort MEMBER = new HostPort("192.0.2.1", 7800);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private WaitingRoom room(HostPort... peers) throws IOException {
    return new WaitingRoom(lab.trust(lab.seat("newcomer"), Optional.empty()), List.of(peers));
  }

  private static boolean believes(WaitingRoom room, HostPort host, long cluster)
      throws IOException {
    DiscoveryClient.Reply reply = FalseAnswer.reply(host, new UUID(7, cluster), "", false);
    return room.door(List.of(reply)).orElseThrow().believed();
  }

  private static HostPort stranger(int host) {
    return new HostPort("198.51.100." + host, 1000);
  }

  @Test
  void false_clusters_of_one_address_leave_room_for_others() throws Exception {
    WaitingRoom room = room();
    int believed = 0;
    for (int cluster = 1; cluster <= 100; cluster++) {
      boolean more = believes(room, stranger(1).withPort(1000 + cluster), cluster);
      believed += more ? 1 : 0;
    }
    assertEquals(WaitingRoom.CLUSTERS_PER_HOST_MAX, believed);
    assertTrue(believes(room, MEMBER, 1000));
    assertTrue(believes(room, MEMBER, 1000), "and goes on to");
    assertTrue(believes(room, stranger(1).withPort(1001), 1), "the first of them as well");
  }

  @Test
  void another_member_of_the_cluster_that_is_asked_is_no_warning() throws Exception {
    WaitingRoom room = room(MEMBER, MEMBER.withPort(7900));
    assertTrue(believes(room, MEMBER, 1));
    DiscoveryClient.Reply met = FalseAnswer.reply(MEMBER.withPort(7900), new UUID(7, 1), "", false);
    DiscoveryClient.Reply other = new DiscoveryClient.Reply(
        met.host(), new Fingerprint("%064x".formatted(2)), false, met.answer());
    try (LogLines log = LogLines.of(WaitingRoom.class)) {
      assertFalse(room.door(List.of(other)).orElseThrow().believed());
      assertEquals(List.of(), log.warnings());
      assertTrue(log.all().get(0).contains("says that it is in the same cluster"));
    }
  }

  private static boolean isDeserted(WaitingRoom room, HostPort... hosts) throws IOException {
    List<DiscoveryClient.Reply> replies = new ArrayList<>();
    for (HostPort host : hosts) {
      replies.add(FalseAnswer.reply(host, new UUID(7, 1), "", false));
    }
    return room.isDeserted(room.door(replies));
  }

  @Test
  void a_cluster_that_was_asked_and_does_not_answer_any_more_is_waited_for() throws Exception {
    WaitingRoom room = room(MEMBER);
    assertFalse(isDeserted(room), "none was asked yet");
    assertFalse(isDeserted(room, MEMBER));
    assertTrue(isDeserted(room), "its node is restarted");
    assertFalse(isDeserted(room, MEMBER), "it is back");
  }

  @Test
  void one_that_the_operator_has_not_named_is_waited_for_only_where_none_is_named()
      throws Exception {
    WaitingRoom named = room(MEMBER);
    assertFalse(isDeserted(named, stranger(1)));
    assertFalse(isDeserted(named));
    WaitingRoom open = new WaitingRoom(lab.trust(lab.seat("another"), Optional.empty()), List.of());
    assertFalse(isDeserted(open, stranger(1)));
    assertTrue(isDeserted(open));
  }

  @Test
  void those_of_many_addresses_leave_room_for_one_that_is_named() throws Exception {
    WaitingRoom room = room(MEMBER);
    for (int host = 1; host <= 200; host++) {
      believes(room, stranger(host), host);
    }
    assertFalse(believes(room, stranger(201), 201), "the room has an end");
    assertTrue(believes(room, MEMBER, 1000));
  }
}
