package appliance.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EndpointsTest {

  @Test
  void a_single_application_is_told_as_it_is_and_several_as_one_that_speaks_no_http() {
    URI one = URI.create("http://[::1]:3000");
    URI other = URI.create("fastcgi+unix:/run/php.sock");
    assertEquals(Optional.empty(), Endpoints.together(List.of()));
    assertEquals(Optional.of(one), Endpoints.together(List.of(one)));
    URI both = Endpoints.together(List.of(one, other)).orElseThrow();
    assertEquals("several", both.getScheme());
    assertEquals(both, URI.create(both.toString()), "as the others read it");
    assertEquals("http://[::1]:3000,fastcgi+unix:/run/php.sock", Endpoints.shown(both));
    assertEquals("http://[::1]:3000", Endpoints.shown(one));
  }
}
