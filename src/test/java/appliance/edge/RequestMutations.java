package appliance.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes pipelines of requests that are right, nearly right, or meant to be read in two ways; the same
 * seed and number make the same one.
 */
final class RequestMutations {

  private static final int PIPELINE_MAX = 3;
  private static final int HARM_MAX = 4;

  private static final List<String> STARTS = List.of(
      "GET /a?n=1 HTTP/1.1",
      "GET /a/b HTTP/1.1",
      "HEAD /a HTTP/1.1",
      "DELETE /a HTTP/1.1",
      "OPTIONS /a HTTP/1.1",
      "GET http://x/a HTTP/1.1",
      "GET /a HTTP/1.0",
      "PURGE /a HTTP/1.1");

  private static final List<String> STARTS_WITH_BODY =
      List.of("POST /a HTTP/1.1", "PUT /a?n=2 HTTP/1.1", "PATCH /a/b HTTP/1.1", "GET /a HTTP/1.1");

  private static final List<String> FIELDS = List.of(
      "Content-Length: 5",
      "Content-Length: 0",
      "Content-Length: 05",
      "Content-Length: +5",
      "Content-Length: 5, 5",
      "Content-Length: 99999999999999999999",
      "Content-Length : 5",
      "Transfer-Encoding: chunked",
      "transfer-encoding:CHUNKED",
      "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding: identity",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: \u000bchunked",
      "Transfer-Encoding : chunked",
      "Transfer-Encoding\u0000: chunked",
      " Transfer-Encoding: chunked",
      "X: y\rTransfer-Encoding: chunked",
      "X: y\nTransfer-Encoding: chunked",
      "Connection: close",
      "Connection: Content-Length",
      "Connection: Transfer-Encoding, Host",
      "Connection: X-Forwarded-For, Forwarded",
      "Connection: upgrade",
      "Upgrade: websocket",
      "Expect: 100-continue",
      "Expect: 200-ok",
      "Host: y",
      "Host: x:80",
      "Trailer: Host",
      "TE: trailers",
      "X-Forwarded-For: 192.0.2.1",
      "Forwarded: for=192.0.2.1",
      "Proxy: http://192.0.2.1/",
      "Keep-Alive: timeout=5",
      "HTTP2-Settings: AAMAAABkAAQAAP__",
      "Cookie: a=b; c=d",
      "Range: bytes=0-1",
      "A: \u00e9",
      ": empty",
      "no colon",
      "\tfolded");

  private static final List<String> CHUNKED = List.of(
      "5\r\nhello\r\n0\r\n\r\n",
      "05\r\nhello\r\n00\r\n\r\n",
      "5;a=b\r\nhello\r\n0\r\n\r\n",
      "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
      "5\r\nhello\r\n0\r\nT: u\r\n\r\n",
      "5\r\nhello\r\n0\r\nContent-Length: 7\r\nHost: z\r\n\r\n",
      "0x5\r\nhello\r\n0\r\n\r\n",
      "5\nhello\n0\n\n",
      "5 \r\nhello\r\n0\r\n\r\n",
      "-5\r\nhello\r\n0\r\n\r\n",
      "100000005\r\nhello\r\n0\r\n\r\n",
      "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
      "5\r\nhelloX\r\n0\r\n\r\n",
      "5\r\nhello0\r\n\r\n",
      "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
      "\r\n0\r\n\r\n",
      "0\r\n\r\n");

  private static final String BYTES = "\r\n \t:;,\0\"%/?#0159afAF\u007f\u0080\u00ff+-.";

  private final Random random;

  RequestMutations(long seed, long number) {
    random = new Random(seed ^ (number + 1) * 0x9E3779B97F4A7C15L);
  }

  /** One to three of them, as one connection's bytes. */
  List<String> pipeline() {
    List<String> requests = new ArrayList<>();
    for (int i = 1 + random.nextInt(PIPELINE_MAX); i > 0; i--) {
      requests.add(random.nextInt(4) == 0 ? right() : harm(right()));
    }
    return requests;
  }

  /** Where the bytes are cut on their way. */
  int cut(int length) {
    return random.nextInt(3) == 0 ? random.nextInt(length + 1) : length;
  }

  private String right() {
    boolean body = random.nextInt(2) == 0;
    StringBuilder request =
        new StringBuilder(any(body ? STARTS_WITH_BODY : STARTS)).append("\r\nHost: x\r\n");
    for (int i = random.nextInt(3); i > 0; i--) {
      request.append("N").append(i).append(": ").append(random.nextInt()).append("\r\n");
    }
    if (!body) {
      return request.append("\r\n").toString();
    }
    return random.nextBoolean()
        ? request.append("Content-Length: 5\r\n\r\nhello").toString()
        : request.append("Transfer-Encoding: chunked\r\n\r\n").append(chunked()).toString();
  }

  private String chunked() {
    return random.nextInt(3) == 0 ? any(CHUNKED) : CHUNKED.get(0);
  }

  private String harm(String right) {
    StringBuilder request = new StringBuilder(right);
    for (int i = 1 + random.nextInt(HARM_MAX); i > 0 && !request.isEmpty(); i--) {
      if (random.nextInt(2) == 0) {
        request.insert(lineStart(request), any(FIELDS) + (random.nextInt(9) == 0 ? "\n" : "\r\n"));
      } else {
        damage(request);
      }
    }
    return request.toString();
  }

  /** Behind any line's end but the first's, or the very start. */
  private int lineStart(StringBuilder request) {
    int first = request.indexOf("\n") + 1;
    int at = request.indexOf("\n", first + random.nextInt(request.length() - first + 1)) + 1;
    return random.nextInt(4) == 0 ? at : first;
  }

  private void damage(StringBuilder request) {
    int at = random.nextInt(request.length());
    int to = Math.min(request.length(), at + 1 + random.nextInt(24));
    char odd = BYTES.charAt(random.nextInt(BYTES.length()));
    switch (random.nextInt(7)) {
      case 0 -> request.deleteCharAt(at);
      case 1 -> request.insert(at, odd);
      case 2 -> request.setCharAt(at, odd);
      case 3 -> request.insert(at, request.substring(at, to));
      case 4 -> request.delete(at, to);
      case 5 -> request.setCharAt(at, (char) random.nextInt(256));
      default -> request.insert(at, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    }
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
