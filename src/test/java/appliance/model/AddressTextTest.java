package appliance.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressTextTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,192.0.2.1",
    "::1,::1",
    "::,::",
    "2001:db8::,2001:db8::",
    "2001:DB8:0:0:0:0:0:A,2001:db8::a",
    "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1,2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
    "1:2:3:4:5:6:0:0,1:2:3:4:5:6::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::ffff:192.0.2.1,192.0.2.1"
  })
  void an_address_has_one_form(String written, String text) throws UnknownHostException {
    assertEquals(text, AddressText.of(InetAddress.getByName(written)));
  }

  @Test
  void a_zone_is_left_out() throws UnknownHostException {
    byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
    assertEquals("fe80::1", AddressText.of(Inet6Address.getByAddress("", linkLocal, 7)));
  }
}
