package appliance.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class DerTest {

  @Test
  void values_are_written_as_the_standard_s_examples() {
    assertHex("06062a864886f70d", Der.oid("1.2.840.113549"));
    assertHex("06082a8648ce3d040302", Der.oid("1.2.840.10045.4.3.2"));
    assertHex("020100", Der.integer(BigInteger.ZERO));
    assertHex("02020080", Der.integer(BigInteger.valueOf(128)));
    assertHex("03020780", Der.bits(new byte[] {(byte) 0x80}, 7));
    assertHex("0c02c3bc", Der.text("ü"));
    assertHex("170d3439313233313233353935395a", Der.time(Instant.parse("2049-12-31T23:59:59Z")));
    assertHex(
        "180f32303530303130313030303030305a", Der.time(Instant.parse("2050-01-01T00:00:00Z")));
  }

  @Test
  void lengths_grow_as_they_must() {
    assertHex("047f", Der.octets(new byte[127]), 2);
    assertHex("048180", Der.octets(new byte[128]), 3);
    assertHex("0481ff", Der.octets(new byte[255]), 3);
    assertHex("04820100", Der.octets(new byte[256]), 4);
    assertHex("0483010000", Der.octets(new byte[65536]), 5);
  }

  private static void assertHex(String expected, byte[] der) {
    assertEquals(expected, HexFormat.of().formatHex(der));
  }

  private static void assertHex(String expected, byte[] der, int bytes) {
    assertEquals(expected, HexFormat.of().formatHex(der, 0, bytes));
  }
}
