package appliance.edge;

import appliance.fastcgi.FakePhp;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** An answer that is made out of its number: of any length, sent in pieces, perhaps cut off or garbled. */
final class MadeAnswer {

  private enum Framing {
    LENGTH,
    CHUNKED,
    END_OF_CONNECTION
  }

  private static final int[] BYTES_MAX = {1, 2_000, 70_000, 400_000, 1_500_000};
  private static final int PERIOD = 9973;
  private static final int CUT_ONE_IN = 5;

  private final Random random;
  private final long number;
  private final Framing framing;
  final int length;

  /** The bytes after which the application is gone; as many as the length if it is not. */
  private final int sent;

  /** Whether there is an interim answer before it, trailers behind it, or what is no chunk in place of a cut. */
  private final boolean dressed;

  MadeAnswer(long seed, long number) {
    random = new Random(seed * 1_000_003 + number);
    this.number = number;
    framing = List.of(Framing.values()).get(random.nextInt(Framing.values().length));
    length = random.nextInt(BYTES_MAX[random.nextInt(BYTES_MAX.length)]);
    sent = length > 0 && random.nextInt(CUT_ONE_IN) == 0 ? random.nextInt(length) : length;
    dressed = random.nextBoolean();
  }

  /** Whether {@code bytes} are its beginning. */
  boolean begins(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (i >= length || bytes[i] != at(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a client may take {@code bytes} for all of it; only a connection's end tells no cut. */
  boolean mayBeWhole(byte[] bytes, boolean overHttp) {
    boolean cutUnseen = overHttp && framing == Framing.END_OF_CONNECTION;
    return begins(bytes)
        && bytes.length == (cutUnseen ? sent : length)
        && (cutUnseen || sent == length);
  }

  private byte at(int i) {
    return (byte) ('a' + (i + number * 7) % PERIOD % 26);
  }

  void send(RawApp.Request to) throws IOException {
    to.write((dressed ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : "")
        + "HTTP/1.1 200 OK\r\n"
        + switch (framing) {
          case LENGTH -> "Content-Length: " + length + "\r\n\r\n";
          case CHUNKED -> "Transfer-Encoding: chunked\r\n\r\n";
          case END_OF_CONNECTION -> "Connection: close\r\n\r\n";
        });
    boolean chunked = framing == Framing.CHUNKED;
    pieces(piece ->
        to.write(chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece));
    if (sent < length && chunked && dressed) {
      to.write("no chunk\r\n");
    } else if (sent < length || framing == Framing.END_OF_CONNECTION) {
      to.socket().close();
    } else if (chunked) {
      to.write(dressed ? "0\r\nX-Sum: 1\r\n\r\n" : "0\r\n\r\n");
    }
  }

  void send(FakePhp.Request to) throws IOException {
    String head = "Content-Type: text/plain\r\n";
    to.send(FakePhp.stdout(
        framing == Framing.LENGTH
            ? head + "Content-Length: " + length + "\r\n\r\n"
            : head + "\r\n"));
    pieces(piece -> to.send(FakePhp.stdout(piece)));
    if (sent < length) {
      to.socket().close();
    } else {
      to.send(FakePhp.end(0));
    }
  }

  @FunctionalInterface
  private interface Piece {

    void send(String piece) throws IOException;
  }

  private void pieces(Piece piece) throws IOException {
    int most = 1 + random.nextInt(60_000);
    for (int at = 0; at < sent; ) {
      int bytes = Math.min(sent - at, 1 + random.nextInt(most));
      StringBuilder text = new StringBuilder(bytes);
      for (int i = at; i < at + bytes; i++) {
        text.append((char) at(i));
      }
      piece.send(text.toString());
      at += bytes;
    }
  }
}
