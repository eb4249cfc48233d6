package appliance.edge;

import java.util.List;
import java.util.Random;

/** Makes requests that are nearly right out of right ones; the same seed makes the same ones. */
public final class Mutation {

  private static final List<String> TARGETS = List.of(
      "/hot.txt",
      "/hot.txt",
      "/hot.txt?v=1",
      "//hot.txt",
      "/hot%2etxt",
      "/cold/../hot.txt",
      "/none",
      "/folder/",
      "/folder",
      "/hot.txt;a=b",
      "http://x/hot.txt",
      "*",
      "/hot.txt#x",
      "/HOT.txt",
      "");

  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "HEAD", "POST", "get", "OPTIONS", "GETS", "DELETE", "");

  private static final List<String> VERSIONS = List.of(
      " HTTP/1.1\r\n",
      " HTTP/1.1\r\n",
      " HTTP/1.1\r\n",
      " HTTP/1.0\r\n",
      "  HTTP/1.1\r\n",
      " HTTP/1.1\n",
      " HTTP/2.0\r\n",
      " http/1.1\r\n",
      "\r\n",
      " HTTP/1.1 \r\n");

  private static final List<String> FIELDS = List.of(
      "Host: x",
      "Host: y",
      "host:x",
      "Host : x",
      "Host:",
      "Accept-Encoding: gzip",
      "Accept-Encoding: br",
      "Accept-Encoding:",
      "Connection: keep-alive",
      "Connection: close",
      "Connection: Keep-Alive, Upgrade",
      "Upgrade: websocket",
      "User-Agent: a",
      "Cookie: a=b",
      "Range: bytes=0-3",
      "If-None-Match: *",
      "If-Modified-Since: Fri, 02 Jan 2099 03:04:06 GMT",
      "Content-Length: 5",
      "Content-Length: 0",
      "Transfer-Encoding: chunked",
      "Expect: 100-continue",
      " folded",
      "\tfolded",
      "A: b\u0000c",
      "A: b\rc",
      "A: \u00e9",
      ":",
      "A",
      "X-Forwarded-For: 192.0.2.1",
      "TE: trailers",
      "Sec-Fetch-Mode: navigate",
      "Sec-WebSocket-Key: x",
      "Accept: */*");

  private static final List<String> TAILS = List.of(
      "",
      "",
      "",
      "hello",
      "0\r\n\r\n",
      "GET /hot.txt HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /none HTTP/1.1\r\nHost: x\r\n\r\n",
      "\r\n",
      "GET");

  private final Random random;

  public Mutation(long seed) {
    random = new Random(seed);
  }

  /** One request, or what somebody may send for one. */
  public String next() {
    StringBuilder request = new StringBuilder();
    request.append(usually(METHODS)).append(' ');
    request.append(usually(TARGETS)).append(usually(VERSIONS));
    if (random.nextInt(8) != 0) {
      request.append("Host: x\r\n");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      request.append(random.nextInt(3) == 0 ? "Accept: */*" : any(FIELDS));
      request.append(random.nextInt(12) == 0 ? "\n" : "\r\n");
    }
    request.append(random.nextInt(20) == 0 ? "" : "\r\n").append(usually(TAILS));
    for (int i = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : 0; i > 0; i--) {
      damage(request);
    }
    return request.toString();
  }

  private void damage(StringBuilder request) {
    if (request.isEmpty()) {
      return;
    }
    int at = random.nextInt(request.length());
    switch (random.nextInt(4)) {
      case 0 -> request.deleteCharAt(at);
      case 1 -> request.insert(at, (char) random.nextInt(256));
      case 2 -> request.setCharAt(at, (char) random.nextInt(256));
      default -> request.insert(at, request.substring(at, Math.min(request.length(), at + 20)));
    }
  }

  /** Where {@code request} is cut in two pieces on its way; its length for not at all. */
  public int cut(String request) {
    return random.nextInt(3) == 0 ? random.nextInt(request.length() + 1) : request.length();
  }

  private <T> T usually(List<T> firstIsRight) {
    return random.nextInt(3) == 0 ? any(firstIsRight) : firstIsRight.get(0);
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
