package appliance.edge;

import java.util.List;
import java.util.Random;

/** Makes answers of an application that are right or nearly right; the same seed and number make the same one. */
final class AnswerMutations {

  private static final List<String> FIELDS = List.of(
      "Content-Length: 5",
      "Content-Length: 0",
      "Content-Length: 5, 5",
      "Content-Length: 99999999999999999999",
      "Content-Length : 5",
      "Transfer-Encoding: chunked",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: identity",
      "Connection: close",
      "Connection: X-Case",
      "Connection: keep-alive, Upgrade",
      "Upgrade: websocket",
      "Keep-Alive: timeout=5",
      "Appliance-Relay-Unsent: a lie",
      "Appliance-Relay-Fenced: a lie",
      "Set-Cookie: a=b",
      "Trailer: Host",
      "A: b\rc",
      "A: b\0c",
      " folded",
      "no colon",
      ": empty");

  private static final String BYTES = "\r\n \t:;,\0\"0159afAF\u007f\u00ff+-";

  private final Random random;
  private final long number;

  AnswerMutations(long seed, long number) {
    this.number = number;
    random = new Random(seed ^ (number + 1) * 0x9E3779B97F4A7C15L);
  }

  String next() {
    StringBuilder answer = new StringBuilder(right());
    for (int i = random.nextInt(5); i > 0 && !answer.isEmpty(); i--) {
      if (random.nextInt(3) == 0) {
        int at = answer.indexOf("\n", random.nextInt(answer.length())) + 1;
        answer.insert(at, any(FIELDS) + "\r\n");
      } else {
        damage(answer);
      }
    }
    return answer.toString();
  }

  private String right() {
    String body = "case " + number + ";";
    String head = any(List.of("200 OK", "200 OK", "201 Made", "404 Not", "204 None", "304 Same"));
    StringBuilder answer = new StringBuilder();
    if (random.nextInt(8) == 0) {
      answer.append(any(List.of(
          "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")));
    }
    answer
        .append("HTTP/1.1 ")
        .append(head)
        .append("\r\nX-Case: ")
        .append(number)
        .append("\r\n");
    return switch (random.nextInt(3)) {
      case 0 ->
        answer
            .append("Content-Length: ")
            .append(body.length())
            .append("\r\n\r\n")
            .append(body)
            .toString();
      case 1 ->
        answer
            .append("Transfer-Encoding: chunked\r\n\r\n")
            .append(Integer.toHexString(body.length()))
            .append("\r\n")
            .append(body)
            .append("\r\n0\r\n\r\n")
            .toString();
      default -> answer.append("Connection: close\r\n\r\n").append(body).toString();
    };
  }

  private void damage(StringBuilder answer) {
    int at = random.nextInt(answer.length());
    int to = Math.min(answer.length(), at + 1 + random.nextInt(24));
    char odd = BYTES.charAt(random.nextInt(BYTES.length()));
    switch (random.nextInt(7)) {
      case 0 -> answer.deleteCharAt(at);
      case 1 -> answer.insert(at, odd);
      case 2 -> answer.setCharAt(at, odd);
      case 3 -> answer.insert(at, answer.substring(at, to));
      case 4 -> answer.delete(at, to);
      case 5 -> answer.setLength(at);
      default -> answer.append("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
    }
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
