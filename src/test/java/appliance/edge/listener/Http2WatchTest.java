package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class Http2WatchTest {

  @Test
  void only_looks_without_any_request_between_them_make_it_quiet() {
    Http2Watch.Quiet quiet = new Http2Watch.Quiet(2);
    assertFalse(quiet.look(true, 0));
    assertFalse(quiet.look(true, 0));
    assertTrue(quiet.look(true, 0), "it never had one");
    assertFalse(quiet.look(true, 5), "it had some");
    assertFalse(quiet.look(true, 5));
    assertFalse(quiet.look(false, 5), "one is under way again, or a long one for the first time");
    assertFalse(quiet.look(true, 5));
    assertFalse(quiet.look(true, 5));
    assertTrue(quiet.look(true, 5));
  }
}
