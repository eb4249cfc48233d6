package appliance.demo;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kinds of picture that are taken, told by their first bytes and never by name or header. */
enum PictureType {
  PNG("png", "\\x89PNG\\r\\n\\x1a\\n"),
  JPEG("jpg", "\\xff\\xd8\\xff"),
  GIF("gif", "GIF8[79]a"),
  WEBP("webp", "RIFF.{4}WEBP");

  /** How many first bytes are needed to tell. */
  static final int HEAD_BYTES = 12;

  private final String extension;
  private final Pattern head;

  PictureType(String extension, String head) {
    this.extension = extension;
    this.head = Pattern.compile(head, Pattern.DOTALL);
  }

  String extension() {
    return extension;
  }

  static Optional<PictureType> of(byte[] firstBytes) {
    // Latin-1 gives each byte as the character of the same number.
    String head = new String(firstBytes, StandardCharsets.ISO_8859_1);
    for (PictureType type : values()) {
      if (type.head.matcher(head).lookingAt()) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
