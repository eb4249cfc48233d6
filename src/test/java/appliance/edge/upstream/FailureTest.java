package appliance.edge.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What failures say about an application. */
final class FailureTest {

  @Test
  void what_this_node_lacks_is_no_fault_of_the_application() {
    for (IOException own : List.of(
        new SocketException("Too many open files"),
        new BindException("Cannot assign requested address"),
        new UnknownHostException("app.example"))) {
      assertEquals(Failure.Kind.OWN_FAULT, Failure.Kind.of(own));
    }
    assertFalse(Failure.Kind.OWN_FAULT.blame);
    for (IOException theirs : List.of(
        new ConnectException("Connection refused"),
        new NoRouteToHostException("No route to host"),
        new IOException("the handshake failed"))) {
      assertEquals(Failure.Kind.CONNECT, Failure.Kind.of(theirs));
    }
    assertTrue(Failure.Kind.CONNECT.blame);
  }

  @Test
  void what_a_relay_names_is_told_apart_and_all_else_means_that_nobody_is_there() {
    for (Failure.Kind kind :
        List.of(Failure.Kind.QUEUE, Failure.Kind.OWN_FAULT, Failure.Kind.CONNECT_TIMEOUT)) {
      assertEquals(kind, Failure.Kind.told(kind.name()));
    }
    assertEquals(Failure.Kind.CONNECT, Failure.Kind.told(null));
    assertEquals(Failure.Kind.CONNECT, Failure.Kind.told("FENCED"));
    assertEquals(Failure.Kind.CONNECT, Failure.Kind.told("of a version to come"));
  }
}
