package appliance.fastcgi;

import java.nio.ByteBuffer;

/** The records of the FastCGI specification 1.0, section 3.3, as far as a client writes them. */
final class Records {

  static final int VERSION = 1;
  static final int HEADER_BYTES = 8;
  static final int CONTENT_BYTES_MAX = 65_535;

  static final int BEGIN_REQUEST = 1;
  static final int END_REQUEST = 3;
  static final int PARAMS = 4;
  static final int STDIN = 5;
  static final int STDOUT = 6;
  static final int STDERR = 7;
  static final int GET_VALUES = 9;
  static final int GET_VALUES_RESULT = 10;
  static final int UNKNOWN_TYPE = 11;

  /** One request at a time on a connection, so one id will do; php cannot multiplex. */
  static final int REQUEST_ID = 1;

  private static final int RESPONDER = 1;
  private static final int KEEP_CONN = 1;

  private Records() {}

  static void header(ByteBuffer to, int type, int id, int length) {
    to.put((byte) VERSION).put((byte) type).putShort((short) id).putShort((short) length);
    to.putShort((short) 0);
  }

  static void begin(ByteBuffer to) {
    header(to, BEGIN_REQUEST, REQUEST_ID, HEADER_BYTES);
    to.putShort((short) RESPONDER).put((byte) KEEP_CONN).put(new byte[5]);
  }

  /** Bytes of {@code length} bytes of parameters with all their headers, the request's begin too. */
  static int paramsBytes(int length) {
    int records = (length + CONTENT_BYTES_MAX - 1) / CONTENT_BYTES_MAX;
    return 2 * HEADER_BYTES + records * HEADER_BYTES + length + HEADER_BYTES;
  }

  static void params(ByteBuffer to, byte[] parameters, int length) {
    for (int at = 0; at < length; at += CONTENT_BYTES_MAX) {
      int part = Math.min(CONTENT_BYTES_MAX, length - at);
      header(to, PARAMS, REQUEST_ID, part);
      to.put(parameters, at, part);
    }
    header(to, PARAMS, REQUEST_ID, 0);
  }

  /** Asks for a value that every server knows; only a process that has taken the connection answers. */
  static void getValues(ByteBuffer to) {
    byte[] name = Parameters.ascii("FCGI_MPXS_CONNS");
    header(to, GET_VALUES, 0, name.length + 2);
    to.put((byte) name.length).put((byte) 0).put(name);
  }
}
