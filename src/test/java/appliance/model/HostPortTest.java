package appliance.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPortTest {

  @Test
  void hosts_addresses_and_default_ports_are_read() {
    assertEquals(new HostPort("web1", 80), HostPort.parse("web1:80", 7800));
    assertEquals(new HostPort("10.0.0.1", 7800), HostPort.parse(" 10.0.0.1 ", 7800));
    assertEquals(new HostPort("::1", 80), HostPort.parse("[::1]:80", 7800));
    assertEquals(new HostPort("fe80::1", 7800), HostPort.parse("[fe80::1]", 7800));
  }

  @Test
  void an_ipv6_address_is_written_back_in_brackets() {
    assertEquals("[::1]:80", new HostPort("::1", 80).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":80", "a:b", "a:65536", "a:-1", "::1:80", "a b:80", "a/b", "u@h:1"})
  void anything_else_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text, 7800));
  }
}
