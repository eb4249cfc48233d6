package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class HostLookupTest {

  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final List<InetSocketAddress> found = new ArrayList<>();
  private String address = "";
  private int asked;

  private InetAddress find(String host) throws UnknownHostException {
    asked++;
    if (address.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return InetAddress.getByName(address);
  }

  private HostLookup of(String host) {
    return new HostLookup(new HostPort(host, 80), this::find, threads::add);
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.removeFirst().run();
    }
  }

  @Test
  void many_who_wait_for_a_name_cost_one_look_up_on_another_thread() {
    address = "192.0.2.1";
    HostLookup lookup = of("app.test");
    lookup.find(found::add);
    lookup.find(found::add);
    assertEquals(0, asked);
    assertEquals(List.of(), found);
    runAll();
    assertEquals(1, asked);
    InetSocketAddress expected = new InetSocketAddress("192.0.2.1", 80);
    assertEquals(List.of(expected, expected), found);
    lookup.find(found::add);
    assertEquals(3, found.size());
  }

  @Test
  void a_name_without_an_address_is_told_unresolved_and_found_once_there_is_one() throws Exception {
    HostLookup lookup = of("app.test");
    lookup.find(found::add);
    runAll();
    assertTrue(found.get(0).isUnresolved());
    assertThrows(UnknownHostException.class, lookup::await);
    address = "192.0.2.1";
    lookup.find(found::add);
    runAll();
    assertFalse(found.get(1).isUnresolved());
  }

  @Test
  void an_outage_of_the_name_server_takes_no_address_away() throws Exception {
    address = "192.0.2.1";
    HostLookup lookup = of("app.test");
    lookup.await();
    address = "";
    InetSocketAddress known = new InetSocketAddress("192.0.2.1", 80);
    assertEquals(known, lookup.await());
    lookup.find(found::add);
    runAll();
    assertEquals(known, lookup.await());
    assertEquals(List.of(known), found);
  }

  @Test
  void an_address_and_the_loopback_need_no_other_thread() {
    address = "127.0.0.1";
    of("127.0.0.1").find(found::add);
    of("localhost").find(found::add);
    assertEquals(2, found.size());
    assertTrue(threads.isEmpty());
  }

  @Test
  void a_lookup_that_breaks_is_told_of_and_the_next_one_goes_on() {
    boolean[] breaks = {true};
    HostLookup lookup = new HostLookup(
        new HostPort("app.test", 80),
        host -> {
          if (breaks[0]) {
            throw new IllegalStateException("no memory for it");
          }
          return InetAddress.getByName("192.0.2.1");
        },
        threads::add);
    lookup.find(found::add);
    assertThrows(IllegalStateException.class, this::runAll);
    assertTrue(found.get(0).isUnresolved());
    breaks[0] = false;
    lookup.find(found::add);
    runAll();
    assertFalse(found.get(1).isUnresolved());
  }

  @Test
  void who_cannot_be_given_a_thread_is_told_all_the_same() {
    HostLookup lookup = new HostLookup(new HostPort("app.test", 80), this::find, task -> {
      throw new RejectedExecutionException("closing");
    });
    lookup.find(found::add);
    assertTrue(found.get(0).isUnresolved());
  }
}
