package appliance.fastcgi;

import java.nio.ByteBuffer;

/**
 * Reads the records of one request's answer: leaves the bytes of STDOUT where they are, one after the
 * other, and hands out the rest. Keeps its state between buffers.
 */
final class RecordReader {

  /** What a responder says besides its answer. */
  interface Events {
    void stderr(ByteBuffer bytes);
  }

  private static final int END_BODY_BYTES = 8;

  private final Events events;
  private final byte[] header = new byte[Records.HEADER_BYTES];
  private final byte[] end = new byte[END_BODY_BYTES];
  private int headerBytes;
  private int type;
  private int contentLeft;
  private int paddingLeft;
  private int endBytes;
  private boolean ended;
  private boolean greeted;

  RecordReader(Events events) {
    this.events = events;
  }

  /** Makes ready for the next request. */
  void reset() {
    headerBytes = 0;
    contentLeft = 0;
    paddingLeft = 0;
    endBytes = 0;
    ended = false;
    greeted = false;
  }

  /** Whether END_REQUEST has been read, with its padding. */
  boolean ended() {
    return ended && contentLeft == 0 && paddingLeft == 0 && headerBytes == 0;
  }

  /** Whether a management record has been read to its end. */
  boolean greeted() {
    return greeted && contentLeft == 0 && paddingLeft == 0 && headerBytes == 0;
  }

  /** 0 complete, 1 cannot multiplex, 2 overloaded, 3 unknown role. */
  int protocolStatus() {
    return end[4] & 0xff;
  }

  /**
   * Replaces the records between position and limit by the content of STDOUT in them.
   *
   * @throws InvalidResponse if they are no records, another request's, or go on after the end
   */
  void decode(ByteBuffer buffer) throws InvalidResponse {
    int to = buffer.position();
    int at = to;
    int end = buffer.limit();
    while (at < end) {
      if (contentLeft > 0) {
        int part = Math.min(contentLeft, end - at);
        to += content(buffer, at, part, to);
        at += part;
        contentLeft -= part;
      } else if (paddingLeft > 0) {
        int part = Math.min(paddingLeft, end - at);
        at += part;
        paddingLeft -= part;
      } else {
        readHeader(buffer.get(at++));
      }
    }
    buffer.limit(to);
  }

  private void readHeader(byte b) throws InvalidResponse {
    if (ended) {
      throw new InvalidResponse("something after the end of its answer");
    }
    header[headerBytes++] = b;
    if (headerBytes < Records.HEADER_BYTES) {
      return;
    }
    headerBytes = 0;
    type = header[1] & 0xff;
    contentLeft = number(4);
    paddingLeft = header[6] & 0xff;
    check(number(2));
  }

  private int number(int at) {
    return ((header[at] & 0xff) << 8) | (header[at + 1] & 0xff);
  }

  private void check(int id) throws InvalidResponse {
    if (header[0] != Records.VERSION) {
      throw new InvalidResponse("something that is not FastCGI");
    }
    boolean management = type == Records.GET_VALUES_RESULT || type == Records.UNKNOWN_TYPE;
    boolean known = type == Records.STDOUT || type == Records.STDERR || type == Records.END_REQUEST;
    if (!management && !known) {
      throw new InvalidResponse("a record of type " + type);
    }
    if (id != (management ? 0 : Records.REQUEST_ID)) {
      throw new InvalidResponse("a record of request " + id + ", which nobody made");
    }
    if (type == Records.END_REQUEST) {
      if (contentLeft != END_BODY_BYTES) {
        throw new InvalidResponse("an end of " + contentLeft + " bytes");
      }
      ended = true;
    }
    greeted |= management;
  }

  /** Returns the bytes that stay in the buffer. */
  private int content(ByteBuffer buffer, int at, int length, int to) {
    switch (type) {
      case Records.STDOUT -> {
        if (to != at) {
          buffer.put(to, buffer.duplicate(), at, length);
        }
        return length;
      }
      case Records.STDERR -> events.stderr(buffer.slice(at, length));
      case Records.END_REQUEST -> {
        buffer.get(at, end, endBytes, length);
        endBytes += length;
      }
      default -> {
        // The answer to a greeting says nothing that is needed, but for having come.
      }
    }
    return 0;
  }
}
