package appliance.edge.listener;

import java.nio.ByteBuffer;

/**
 * The nine bytes before a frame's content: RFC 9113, section 4.1.
 *
 * @param length of the content, in bytes
 */
record Http2FrameHead(int length, int type, int flags, int stream) {

  static final int BYTES = 9;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  /** Of DATA and HEADERS. */
  static final int END_STREAM = 1;

  /** Of HEADERS and CONTINUATION. */
  static final int END_HEADERS = 4;

  private static final int STREAM_MASK = 0x7fffffff;

  /** That at {@code bytes}' position, which is moved. */
  static Http2FrameHead read(ByteBuffer bytes) {
    int length = (bytes.get() & 0xff) << 16 | (bytes.getShort() & 0xffff);
    int type = bytes.get() & 0xff;
    int flags = bytes.get() & 0xff;
    return new Http2FrameHead(length, type, flags, bytes.getInt() & STREAM_MASK);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  void write(ByteBuffer to) {
    to.put((byte) (length >> 16)).putShort((short) length).put((byte) type).put((byte) flags);
    to.putInt(stream);
  }
}
