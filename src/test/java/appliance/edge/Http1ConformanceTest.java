package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What becomes of a connection's bytes, by the sections of RFC 9112: each answer in turn, with what the
 * application saw of the request. Then the client has no more to say, and the connection ends.
 */
final class Http1ConformanceTest {

  private static final String REST = " HTTP/1.1\r\nHost: x\r\n";
  private static final String NEXT = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

  /** What clients leave as it is, although RFC 3986 would have it encoded. */
  private static final String LENIENT = "/[a]|^{`\"<b>?c={\"d\":[1]}|^`\\<e>";

  private static final String POST = "POST /a HTTP/1.1\r\nHost: x\r\n";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  /** One connection; the answers are statuses, those of the application with what it saw. */
  record Case(String section, String sent, List<String> answers) {

    static Case of(String section, String sent, String... answers) {
      return new Case(section, sent, List.of(answers));
    }

    /** Whether it is only the body that is wrong: the head may have gone on before. */
    boolean late() {
      boolean served = answers.stream().anyMatch(answer -> answer.startsWith("200"));
      return !served && (sent.startsWith(CHUNKED) || answers.isEmpty());
    }

    @Override
    public String toString() {
      String text = sent.length() < 90 ? sent : sent.substring(0, 90) + "...";
      return section + ": " + text.replace("\0", "\\0").replace("\r", "\\r").replace("\n", "\\n");
    }
  }

  private static RawApp app;
  private static Site site;

  /** Before an application of its own, which sees the beginning of what is refused later. */
  private static RawApp lateApp;

  private static Site lateSite;

  @BeforeAll
  static void start() {
    app = app();
    site = new Site(app);
    lateApp = app();
    lateSite = new Site(lateApp);
  }

  private static RawApp app() {
    return new RawApp(request -> {
      if (request.head().contains("Expect: 100-continue")) {
        request.write("HTTP/1.1 100 Continue\r\n\r\n");
      }
      String body = new String(request.body(), StandardCharsets.ISO_8859_1);
      String seen = request.line().replace(" HTTP/1.1", "") + (body.isEmpty() ? "" : " " + body);
      boolean head = request.line().startsWith("HEAD");
      request.write(
          "HTTP/1.1 200 OK\r\nContent-Length: " + seen.length() + "\r\n\r\n" + (head ? "" : seen));
    });
  }

  @AfterAll
  static void stop() {
    site.close();
    app.close();
    lateSite.close();
    lateApp.close();
  }

  static final List<Case> MESSAGES = List.of(
      Case.of("2.2 empty line first", "\r\n" + NEXT, "200 GET /next"),
      Case.of(
          "2.2 empty lines between",
          "GET /a" + REST + "\r\n\r\n\r\n" + NEXT,
          "200 GET /a",
          "200 GET /next"),
      Case.of("2.2 bare LF", "GET /a HTTP/1.1\nHost: x\n\n" + NEXT, "400"),
      Case.of("2.2 bare LF first", "\n" + NEXT, "400"),
      Case.of("2.2 bare CR first", "\r" + NEXT, "400"),
      Case.of("2.2 bare CR", "GET /a" + REST + "A: b\rc\r\n\r\n" + NEXT, "400"),
      Case.of("2.2 CR CR LF", "GET /a" + REST + "A: b\r\r\n\r\n" + NEXT, "400"),
      Case.of("2.2 blank first", "GET /a HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.2 NUL", "GET /a" + REST + "A: b\0c\r\n\r\n" + NEXT, "400"),
      Case.of("2.2 other protocol", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n", "400"),
      Case.of("2.3 no version", "GET /a\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.3 HTTP/2.0", "GET /a HTTP/2.0\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.3 HTTP/1.2", "GET /a HTTP/1.2\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.3 HTTP/5.1", "GET /a HTTP/5.1\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.3 http/1.1", "GET /a http/1.1\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("2.3 HTTP/1.11", "GET /a HTTP/1.11\r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("3 two blanks", "GET  /a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3 tab", "GET\t/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3 blank behind", "GET /a HTTP/1.1 \r\nHost: x\r\n\r\n" + NEXT, "400"),
      Case.of("3.1 own method", "PURGE /a" + REST + "\r\n" + NEXT, "200 PURGE /a", "200 GET /next"),
      Case.of("3.1 case", "get /a" + REST + "\r\n" + NEXT, "200 get /a", "200 GET /next"),
      Case.of("3.1 no token", "G@T /a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.1 TRACE", "TRACE /a" + REST + "\r\n" + NEXT, "405"),
      Case.of("3.2 no target", "GET" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 no slash", "GET a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 raw byte", "GET /\u00e9" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 raw byte, query", "GET /?\u00e9" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 control, query", "GET /?\u0001" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 fragment", "GET /a#b" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 fragment, query", "GET /a?b#c" + REST + "\r\n" + NEXT, "400"),
      Case.of(
          "3.2 not encoded",
          "GET " + LENIENT + REST + "\r\n" + NEXT,
          "200 GET " + LENIENT,
          "200 GET /next"),
      Case.of("3.2 stray percent", "GET /a%zz" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 stray percent, query", "GET /a?b=100%" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 long", "GET /" + "a".repeat(40_000) + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2 no Host", "GET /a HTTP/1.1\r\n\r\n" + NEXT, "400"),
      Case.of("3.2 two Hosts", "GET /a" + REST + "Host: x\r\n\r\n" + NEXT, "400"),
      Case.of("3.2 bad Host", "GET /a HTTP/1.1\r\nHost: x@y\r\n\r\n" + NEXT, "400"),
      Case.of(
          "3.2.2 absolute",
          "GET http://x/a?b=c" + REST + "\r\n" + NEXT,
          "200 GET /a?b=c",
          "200 GET /next"),
      Case.of("3.2.2 absolute, no path", "GET http://x" + REST + "\r\n", "200 GET /"),
      Case.of("3.2.2 absolute, its port", "GET http://x:80/a" + REST + "\r\n", "200 GET /a"),
      Case.of(
          "3.2.2 absolute, its port of TLS", "GET https://x:443/a" + REST + "\r\n", "200 GET /a"),
      Case.of("3.2.2 absolute, no Host", "GET http://x/a HTTP/1.0\r\n\r\n", "200 GET /a"),
      Case.of("3.2.2 absolute, capital scheme", "GET HTTP://x/a" + REST + "\r\n", "200 GET /a"),
      Case.of(
          "3.2.2 absolute, capitals", "GET HttP://X/a HTTP/1.1\r\nHost: X\r\n\r\n", "200 GET /a"),
      Case.of("3.2.2 absolute, other letters", "GET http://X/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.2 absolute, other port", "GET http://x:81/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.2 absolute, no name", "GET http:///a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.2 absolute, other Host", "GET http://y/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.2 absolute, other scheme", "GET ftp://x/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.2 absolute, user", "GET http://u@x/a" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.3 CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n" + NEXT, "405"),
      Case.of("3.2.4 OPTIONS *", "OPTIONS *" + REST + "\r\n" + NEXT, "400"),
      Case.of("3.2.4 GET *", "GET *" + REST + "\r\n" + NEXT, "400"),
      Case.of("5.1 blank before colon", "GET /a" + REST + "A : b\r\n\r\n" + NEXT, "400"),
      Case.of("5.1 no colon", "GET /a" + REST + "A\r\n\r\n" + NEXT, "400"),
      Case.of("5.1 no name", "GET /a" + REST + ": b\r\n\r\n" + NEXT, "400"),
      Case.of("5.1 bad name", "GET /a" + REST + "A(: b\r\n\r\n" + NEXT, "400"),
      Case.of(
          "5.1 empty value", "GET /a" + REST + "A:\r\n\r\n" + NEXT, "200 GET /a", "200 GET /next"),
      Case.of("5.2 obs-fold", "GET /a" + REST + "A: b\r\n c\r\n\r\n" + NEXT, "400"),
      Case.of("5.2 obs-fold, tab", "GET /a" + REST + "A: b\r\n\tc\r\n\r\n" + NEXT, "400"),
      Case.of(
          "5 long line", "GET /a" + REST + "A: " + "b".repeat(40_000) + "\r\n\r\n" + NEXT, "400"),
      Case.of("5 many lines", "GET /a" + REST + "A: b\r\n".repeat(150) + "\r\n" + NEXT, "400"),
      Case.of("9.3 end of stream in a head", "GET /a" + REST),
      Case.of("9.3 nothing", ""));

  static final List<Case> BODIES = List.of(
      Case.of(
          "6.1 CL and TE",
          POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "6.1 TE and CL",
          POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "6.1 gzip, chunked",
          POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "6.1 chunked, chunked",
          POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "6.1 twice",
          POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of("6.1 identity", POST + "Transfer-Encoding: identity\r\n\r\n" + NEXT, "400"),
      Case.of("6.1 empty", POST + "Transfer-Encoding:\r\n\r\n" + NEXT, "400"),
      Case.of("6.1 quoted", POST + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of(
          "6.1 parameter", POST + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of(
          "6.1 vertical tab",
          POST + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "6.1 case",
          POST + "transfer-ENCODING: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "6.1 HTTP/1.0",
          "POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "400"),
      Case.of(
          "6.2 twice the same",
          POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
          "400"),
      Case.of(
          "6.2 twice", POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 list", POST + "Content-Length: 5, 5\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 plus", POST + "Content-Length: +5\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 minus", POST + "Content-Length: -5\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 hex", POST + "Content-Length: 0x5\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 blank within", POST + "Content-Length: 0 5\r\n\r\nhello" + NEXT, "400"),
      Case.of("6.2 empty", POST + "Content-Length:\r\n\r\n" + NEXT, "400"),
      Case.of(
          "6.2 far too large",
          POST + "Content-Length: 99999999999999999999\r\n\r\nhello" + NEXT,
          "400"),
      Case.of("6.2 too large", POST + "Content-Length: 99999999999\r\n\r\nhello" + NEXT, "413"),
      Case.of(
          "6.2 zero first",
          POST + "Content-Length: 05\r\n\r\nhello" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "6.2 far to the right",
          POST + "Content-Length: " + " ".repeat(200) + "5\r\n\r\nhello" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of("6.3 no length is no body", POST + "\r\n" + NEXT, "200 POST /a", "200 GET /next"),
      Case.of(
          "6.3 GET with a body",
          "GET /a" + REST + "Content-Length: 5\r\n\r\nhello" + NEXT,
          "200 GET /a hello",
          "200 GET /next"),
      Case.of(
          "2.2 empty line behind a body",
          POST + "Content-Length: 5\r\n\r\nhello\r\n" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "7.1 chunks",
          CHUNKED + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "7.1 hex and zeros",
          CHUNKED + "00A\r\nhellohello\r\n000\r\n\r\n" + NEXT,
          "200 POST /a hellohello",
          "200 GET /next"),
      Case.of(
          "7.1.1 extensions",
          CHUNKED + "5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of("7.1.1 NUL in an extension", CHUNKED + "5;a=\0\r\nhello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1.1 LF in an extension", CHUNKED + "5;a\n=b\r\nhello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of(
          "7.1.1 long extension",
          CHUNKED + "5;" + "a".repeat(5_000) + "\r\nhello\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "7.1.2 trailers",
          CHUNKED + "5\r\nhello\r\n0\r\nHost: y\r\nContent-Length: 9\r\n\r\n" + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "7.1.2 framing in trailers",
          CHUNKED + "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n"
              + NEXT,
          "200 POST /a hello",
          "200 GET /next"),
      Case.of("7.1.2 a request in trailers", CHUNKED + "0\r\n" + NEXT, "400"),
      Case.of("7.1.2 no colon", CHUNKED + "0\r\nA\r\n\r\n" + NEXT, "400"),
      Case.of("7.1.2 LF in trailers", CHUNKED + "0\r\nA: b\n\r\n" + NEXT, "400"),
      Case.of("7.1.2 CR in trailers", CHUNKED + "0\r\nA: b\r" + NEXT, "400"),
      Case.of(
          "7.1.2 endless trailers",
          CHUNKED + "0\r\n" + ("A: " + "b".repeat(1_000) + "\r\n").repeat(40),
          "400"),
      Case.of("7.1.2 obs-fold in trailers", CHUNKED + "0\r\nA: b\r\n c\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 no size", CHUNKED + "\r\nhello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 no number", CHUNKED + "hello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 0x", CHUNKED + "0x5\r\nhello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 minus", CHUNKED + "-5\r\nhello\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 LF only", CHUNKED + "5\nhello\n0\n\n" + NEXT, "400"),
      Case.of("7.1 too long a chunk", CHUNKED + "5\r\nhelloX\r\n0\r\n\r\n" + NEXT, "400"),
      Case.of("7.1 no CRLF", CHUNKED + "5\r\nhello0\r\n\r\n" + NEXT, "400"),
      Case.of(
          "7.1 a size beyond 64 bits",
          CHUNKED + "10000000000000005\r\nhello\r\n0\r\n\r\n" + NEXT,
          "400"),
      Case.of(
          "7.1 a size beyond the limit", CHUNKED + "fffffffff\r\nhello\r\n0\r\n\r\n" + NEXT, "413"),
      Case.of(
          "9.3.2 pipelining",
          "GET /a" + REST + "\r\nHEAD /b" + REST + "\r\n" + NEXT,
          "200 GET /a",
          "200 HEAD",
          "200 GET /next"),
      Case.of("9.6 close", "GET /a" + REST + "Connection: close\r\n\r\n" + NEXT, "200 GET /a"),
      Case.of(
          "9.6 close among others",
          "GET /a" + REST + "Connection: A, Close\r\n\r\n" + NEXT,
          "200 GET /a"),
      Case.of("9.3 HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n" + NEXT, "200 GET /a"),
      Case.of(
          "9.3 HTTP/1.0 kept",
          "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + NEXT,
          "200 GET /a",
          "200 GET /next"),
      Case.of(
          "9110 10.1.1 Expect",
          POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
          "100",
          "200 POST /a hello",
          "200 GET /next"),
      Case.of(
          "9110 10.1.1 Expect, no body",
          "GET /a" + REST + "Expect: 100-continue\r\n\r\n" + NEXT,
          "200 GET /a",
          "200 GET /next"),
      Case.of(
          "9110 10.1.1 Expect, HTTP/1.0",
          "POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
          "200 POST /a hello"),
      Case.of("9112 6.3 end of stream in a body", POST + "Content-Length: 50\r\n\r\nhello"));

  @ParameterizedTest
  @FieldSource({"MESSAGES", "BODIES"})
  void each_message_gets_its_one_answer_or_is_refused(Case each) throws IOException {
    int before = app.requests.get();
    List<String> answers = new ArrayList<>();
    try (RawClient client = new RawClient((each.late() ? lateSite : site).port())) {
      client.socket.setSoTimeout(60_000);
      client.send(each.sent());
      while (true) {
        int next = answers.size();
        if (next == each.answers().size()) {
          client.socket.shutdownOutput();
        }
        boolean head = next < each.answers().size() && each.answers().get(next).endsWith(" HEAD");
        RawClient.Reply reply = client.reply(head);
        if (reply.status() == 0) {
          break;
        }
        assertTrue(reply.whole(), reply.head());
        String seen = reply.status() != 200 ? "" : head ? " HEAD" : " " + reply.text();
        answers.add(reply.status() + seen);
      }
    }
    assertEquals(each.answers(), answers);
    long served = answers.stream().filter(answer -> answer.startsWith("200")).count();
    assertTrue(each.late() || app.requests.get() - before == served, "asked the application");
  }

  /** RFC 9110, 7.6.1. */
  @Test
  void what_the_connection_names_ends_at_the_edge() throws IOException {
    app.heads.clear();
    RawClient.Reply reply = RawClient.ask(
        site.port(),
        "GET /named" + REST
            + "Connection: close, X-Secret, Host, Cookie\r\nX-Secret: 1\r\nCookie: a=b\r\n"
            + "Keep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: a\r\nProxy: b\r\nX-Kept: 1\r\n\r\n");
    assertEquals(200, reply.status());
    String head = app.heads.get(0).toLowerCase(Locale.ROOT);
    assertTrue(head.contains("\r\nx-kept: 1\r\n") && head.contains("\r\nhost: x\r\n"), head);
    for (String gone :
        List.of("x-secret", "cookie", "keep-alive", "te", "proxy-connection", "proxy")) {
      assertFalse(head.contains("\r\n" + gone + ":"), head);
    }
  }
}
