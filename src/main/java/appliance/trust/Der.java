package appliance.trust;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes the few kinds of values that a certificate is made of (X.690, distinguished encoding). */
public final class Der {

  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;

  /** RFC 5280, 4.1.2.5: two digits for the year until then. */
  private static final Instant LONG_YEARS = Instant.parse("2050-01-01T00:00:00Z");

  private Der() {}

  public static byte[] sequence(byte[]... parts) {
    return value(0x30, joined(parts));
  }

  public static byte[] set(byte[]... parts) {
    return value(0x31, joined(parts));
  }

  public static byte[] integer(BigInteger number) {
    return value(0x02, number.toByteArray());
  }

  public static byte[] yes() {
    return value(0x01, new byte[] {(byte) 0xff});
  }

  public static byte[] octets(byte[] content) {
    return value(0x04, content);
  }

  public static byte[] bits(byte[] content, int unused) {
    return value(0x03, joined(new byte[] {(byte) unused}, content));
  }

  public static byte[] text(String text) {
    return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] time(Instant time) {
    boolean isLong = !time.isBefore(LONG_YEARS);
    String pattern = isLong ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
    String text = DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC).format(time);
    return value(isLong ? 0x18 : 0x17, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier in dots. */
  public static byte[] oid(String dotted) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    String[] arcs = dotted.split("\\.", -1);
    content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift != 0) {
          content.write(0x80 | ((arc >> shift) & 0x7f));
        }
      }
      content.write(arc & 0x7f);
    }
    return value(0x06, content.toByteArray());
  }

  /** {@code [number]} around whole values. */
  public static byte[] tagged(int number, byte[] content) {
    return value(CONTEXT | CONSTRUCTED | number, content);
  }

  /** {@code [number] IMPLICIT} of plain bytes. */
  public static byte[] implicit(int number, byte[] content) {
    return value(CONTEXT | number, content);
  }

  private static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    if (content.length < 0x80) {
      der.write(content.length);
    } else {
      int lengthBytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      der.write(0x80 | lengthBytes);
      for (int i = lengthBytes - 1; i >= 0; i--) {
        der.write(content.length >> (8 * i));
      }
    }
    der.writeBytes(content);
    return der.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
