package appliance.replication;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** MariaDB's character sets as Java's, for the text of row events, which comes undecoded. */
final class Charsets {

  private static final String LATIN1 = "latin1";

  /** Only those whose bytes mean the same in Java. */
  private static final Map<String, Charset> BY_NAME = Map.ofEntries(
      Map.entry("utf8mb4", StandardCharsets.UTF_8),
      Map.entry("utf8mb3", StandardCharsets.UTF_8),
      Map.entry("utf8", StandardCharsets.UTF_8),
      Map.entry("ascii", StandardCharsets.US_ASCII),
      Map.entry("ucs2", StandardCharsets.UTF_16BE),
      Map.entry("utf16", StandardCharsets.UTF_16BE),
      Map.entry("utf16le", StandardCharsets.UTF_16LE),
      Map.entry("utf32", Charset.forName("UTF-32BE")),
      Map.entry(LATIN1, Charset.forName("windows-1252")),
      Map.entry("latin2", Charset.forName("ISO-8859-2")),
      Map.entry("latin5", Charset.forName("ISO-8859-9")),
      Map.entry("cp1250", Charset.forName("windows-1250")),
      Map.entry("cp1251", Charset.forName("windows-1251")));

  private Charsets() {}

  static boolean knows(String mariadbName) {
    return BY_NAME.containsKey(mariadbName);
  }

  /**
   * Decodes, strictly.
   *
   * @throws UnsupportedChange if the bytes are no text of that character set
   */
  static String decode(String mariadbName, byte[] bytes) {
    Charset charset = Optional.ofNullable(BY_NAME.get(mariadbName))
        .orElseThrow(() -> new UnsupportedChange("character set " + mariadbName + " is not known"));
    if (mariadbName.equals(LATIN1)) {
      return latin1(bytes, charset);
    }
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UnsupportedChange("a value is not valid " + mariadbName, e);
    }
  }

  /** MariaDB's latin1 is windows-1252 whose five holes are the control characters of that number. */
  private static String latin1(byte[] bytes, Charset windows1252) {
    StringBuilder text = new StringBuilder(new String(bytes, windows1252));
    for (int i = 0; i < bytes.length; i++) {
      if (text.charAt(i) == '\uFFFD') {
        text.setCharAt(i, (char) (bytes[i] & 0xFF));
      }
    }
    return text.toString();
  }
}
