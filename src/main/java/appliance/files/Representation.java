package appliance.files;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One encoding of an asset, with a tag of its own.
 *
 * @param stamp the file that holds it, or that it is made from
 * @param coding its content coding; empty for the file as it is
 * @param made whether the coding is applied here, to the plain file
 * @param entityTag strong, in quotes
 * @param bytes all of it, if it is in memory; never to be read but through a duplicate
 */
record Representation(
    Stamp stamp,
    String coding,
    boolean made,
    String entityTag,
    @Nullable ByteBuffer bytes) {

  static final String GZIP = "gzip";
  static final String BROTLI = "br";

  static Representation plain(Stamp stamp, long nowMillis) {
    return new Representation(stamp, "", false, stamp.entityTag("", nowMillis), null);
  }

  /** From a file that was compressed beforehand. */
  static Representation beside(Stamp stamp, String coding, long nowMillis) {
    return new Representation(stamp, coding, false, stamp.entityTag("-" + coding, nowMillis), null);
  }

  /** To be compressed when asked for. */
  static Representation made(Stamp plain, String coding, long nowMillis) {
    return new Representation(
        plain, coding, true, plain.entityTag("-made-" + coding, nowMillis), null);
  }

  Representation with(ByteBuffer content) {
    return new Representation(stamp, coding, made, entityTag, content);
  }

  boolean isPlain() {
    return coding.isEmpty();
  }

  /** Bytes to be sent, or -1 as long as nobody has made them. */
  long length() {
    if (bytes != null) {
      return bytes.remaining();
    }
    return made ? -1 : stamp.size();
  }

  boolean sameOnDisk(Representation other) {
    return stamp.equals(other.stamp) && entityTag.equals(other.entityTag);
  }
}
