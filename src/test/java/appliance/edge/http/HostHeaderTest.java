package appliance.edge.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostHeaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "shop.example",
        "Shop.Example.",
        "a_b-c.example:8443",
        "192.0.2.1",
        "192.0.2.1:80",
        "[::1]",
        "[2001:db8::1]:65535",
        "[::ffff:192.0.2.1]",
        "a:0"
      })
  void names_and_addresses_with_a_port_or_without_are_hosts(String host) {
    assertTrue(HostHeader.wellFormed(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:",
        "a:65536",
        "a:99999999999999999999",
        "a:8o",
        "a:80:80",
        "a:-1",
        "::1",
        "[::1",
        "[]",
        "[]:80",
        "[::1]80",
        "[::1]:",
        "[g::1]",
        "[::1%25eth0]",
        "a]",
        "a[b",
        "a b",
        "a/b",
        "u@a",
        "a,b",
        "\u00e4"
      })
  void all_else_is_none(String host) {
    assertFalse(HostHeader.wellFormed(host));
  }
}
