package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of those that ring. */
final class HeardTest {

  private final Heard heard = new Heard();

  @Test
  void a_host_that_rings_with_ever_other_ports_keeps_few_and_nobody_else_out() {
    HostPort node = new HostPort("192.0.2.1", 7800);
    heard.add(node);
    for (int port = 1; port <= 1000; port++) {
      heard.add(new HostPort("192.0.2.66", port));
    }
    assertEquals(1 + Heard.PER_HOST_MAX, heard.now().size());
    assertTrue(heard.now().contains(node));
    assertEquals(new HostPort("192.0.2.66", 1000), heard.now().get(Heard.PER_HOST_MAX));
  }

  @Test
  void of_too_many_hosts_the_one_that_rang_the_longest_ago_makes_room() {
    HostPort again = new HostPort("192.0.2.1", 7800);
    HostPort once = new HostPort("192.0.2.2", 7800);
    List.of(again, once).forEach(heard::add);
    for (int host = 3; host <= Heard.TOTAL_MAX; host++) {
      heard.add(new HostPort("192.0.2." + host, 7800));
    }
    heard.add(again);
    heard.add(new HostPort("192.0.2.200", 7800));
    assertEquals(Heard.TOTAL_MAX, heard.now().size());
    assertTrue(heard.now().contains(again));
    assertFalse(heard.now().contains(once));
    assertEquals(Heard.TOTAL_MAX, heard.take().size());
    assertEquals(List.of(), heard.now());
  }

  @Test
  void what_strangers_can_make_ever_more_of_is_forgotten_from_its_beginning() {
    Latest<Integer, String> latest = new Latest<>(3);
    for (int i = 0; i < 1000; i++) {
      assertTrue(latest.put(i, "x"));
    }
    assertEquals(
        List.of(997, 998, 999), latest.copy().keySet().stream().sorted().toList());
    assertFalse(latest.put(997, "again"));
    assertTrue(latest.put(1000, "x"));
    assertEquals(
        List.of(997, 999, 1000), latest.copy().keySet().stream().sorted().toList());
  }
}
