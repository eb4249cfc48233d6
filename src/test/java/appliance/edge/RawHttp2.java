package appliance.edge;

import appliance.testing.AnyCertificate;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** An HTTP/2 client that sends any frame, sound or not: RFC 9113, and RFC 7541 with no dynamic table. */
public final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;
  public static final int END_STREAM = 1;
  static final int ACK = 1;
  public static final int END_HEADERS = 4;

  /** SETTINGS_HEADER_TABLE_SIZE of 0: no header block of the server's refers to another one. */
  private static final byte[] NO_TABLE = {0, 1, 0, 0, 0, 0};

  /** What the static table has for {@code :status}, from this index on. */
  private static final int STATUS = 8;

  private static final List<String> STATUSES =
      List.of("200", "204", "206", "304", "400", "404", "500");

  /** One frame as it came. */
  public record Frame(int type, int flags, int stream, ByteBuffer payload) {

    public boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  private final SSLSocket socket;
  private final DataInputStream in;

  public RawHttp2(int port) throws Exception {
    socket = socket(port, "h2");
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, NO_TABLE);
  }

  /** A TLS connection that trusts anyone. */
  public static SSLSocket socket(int port, String protocol) throws Exception {
    return socket(new Socket(InetAddress.getLoopbackAddress(), port), protocol);
  }

  /** The same over a connection that is there. */
  static SSLSocket socket(Socket plain, String protocol) throws Exception {
    SSLSocket socket = (SSLSocket) trusting()
        .getSocketFactory()
        .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(60_000);
    socket.startHandshake();
    return socket;
  }

  public static SSLContext trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AnyCertificate()}, null);
    return context;
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    socket.getOutputStream().write(frame(type, flags, stream, payload));
  }

  public static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(stream >> shift);
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** Sends bytes as they are. */
  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  public void flush() throws IOException {
    socket.getOutputStream().flush();
  }

  /** A header block of fields, each {@code name: value} behind its first colon but one. */
  public static byte[] block(List<String> fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields) {
      int colon = field.indexOf(": ", 1);
      block.write(0x00);
      literal(block, field.substring(0, colon));
      literal(block, field.substring(colon + 2));
    }
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        block.write(rest % 128 + 128);
        rest /= 128;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  public void headers(int stream, boolean end, List<String> fields) throws IOException {
    send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
  }

  /** A request without a body whose header block comes in frames with these parts of it. */
  public void headersInParts(int stream, List<byte[]> parts) throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int i = 0; i < parts.size(); i++) {
      int ends = i == parts.size() - 1 ? END_HEADERS : 0;
      frames.writeBytes(
          i == 0
              ? frame(HEADERS, END_STREAM | ends, stream, parts.get(i))
              : frame(CONTINUATION, ends, stream, parts.get(i)));
    }
    write(frames.toByteArray());
  }

  public void data(int stream, boolean end, String text) throws IOException {
    send(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * The next frame.
   *
   * @throws EOFException if the server has closed the connection
   */
  public Frame next() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
  }

  /**
   * How a stream ends: its status, {@code reset} or {@code closed}, the last with or without a GOAWAY.
   */
  public String end(int stream) throws IOException {
    String status = "";
    try {
      while (true) {
        Frame frame = next();
        if (frame.type() == GOAWAY) {
          return "closed";
        }
        if (frame.stream() != stream) {
          continue;
        }
        if (frame.type() == RST_STREAM) {
          return status.isEmpty() ? "reset" : status;
        }
        if (frame.type() == HEADERS && status.isEmpty()) {
          status = status(frame.payload().array());
        }
        if (frame.endsStream()) {
          return status;
        }
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return status.isEmpty() ? "closed" : status;
    }
  }

  static int statusOf(Frame headers) {
    return Integer.parseInt(status(headers.payload().array()));
  }

  /** Of a header block: {@code :status} comes first, by index or as a literal, or with Huffman code. */
  private static String status(byte[] bytes) {
    ByteBuffer block = ByteBuffer.wrap(bytes);
    while (begins(block, 0xe0, 0x20)) {
      number(block, 5); // the table's size, which says nothing new
    }
    boolean indexed = begins(block, 0x80, 0x80);
    int prefix = indexed ? 7 : begins(block, 0xc0, 0x40) ? 6 : 4;
    int which = number(block, prefix) - STATUS;
    if (which < 0 || which >= STATUSES.size()) {
      throw new AssertionError("no status comes first in " + Arrays.toString(bytes));
    }
    return indexed ? STATUSES.get(which) : text(block);
  }

  private static boolean begins(ByteBuffer block, int mask, int bits) {
    return (block.get(block.position()) & mask) == bits;
  }

  /** RFC 7541, 5.1: the last bits of a byte, and if all of them are set more bytes. */
  private static int number(ByteBuffer block, int prefix) {
    int most = (1 << prefix) - 1;
    int number = block.get() & most;
    int more = number == most ? 0x80 : 0;
    for (int shift = 0; more != 0; shift += 7) {
      int next = block.get();
      number += (next & 0x7f) << shift;
      more = next & 0x80;
    }
    return number;
  }

  private static String text(ByteBuffer block) {
    boolean huffman = begins(block, 0x80, 0x80);
    byte[] value = new byte[number(block, 7)];
    block.get(value);
    return huffman ? digits(value) : new String(value, StandardCharsets.US_ASCII);
  }

  /** Digits in the code of RFC 7541, appendix B: 0 to 2 have 5 bits, the others 6. */
  private static String digits(byte[] code) {
    StringBuilder bits = new StringBuilder();
    for (byte eight : code) {
      bits.append(Integer.toBinaryString((eight & 0xff) + 256).substring(1));
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (text.length() < 3) {
      int five = Integer.parseInt(bits.substring(at, at + 5), 2);
      if (five <= 2) {
        text.append(five);
        at += 5;
      } else {
        text.append(Integer.parseInt(bits.substring(at, at + 6), 2) - 0x19 + 3);
        at += 6;
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
