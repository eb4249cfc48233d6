package appliance.media;

/** A small file's content, on its way in memory; whoever has it leaves the bytes as they are. */
final class Inline {

  private final byte[] bytes;

  Inline(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }
}
