package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two servers could read in two ways reach no application. */
final class EdgeHygieneTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/../../etc",
        "/a/..",
        "/./a",
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/a/..;/admin",
        "/a/..%3b/admin",
        "/a/..;x=1/admin",
        "/a%2fb",
        "/a%2Fb/..;/admin",
        "/a%5cb",
        "/a\\b",
        "/a%00b",
        "/a%0d%0ab",
        "/a%7f",
        "/a%zz",
        "/a%c0%ae",
        "/a%",
      })
  void ambiguous_paths_are_refused(String path) throws Exception {
    refused("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\"><script>\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x y\r\n\r\n",
        "GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tTransfer-Encoding: c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n \r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      })
  void ambiguous_requests_are_refused(String request) throws Exception {
    refused(request);
  }

  private static void refused(String request) throws IOException {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      RawClient.Reply reply = RawClient.ask(site.port(), request);
      assertTrue(reply.status() == 400 || reply.status() == 0, reply.head());
      assertEquals(0, app.requests.get());
      assertEquals("served", RawClient.get(site.port(), "/").text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a//b",
        "/.well-known/acme",
        "/a.b/c..c/d..",
        "/sch%C3%B6n",
        "/a;v=1/b",
        "/a%20b",
        "http://x/abs",
        "/q?x=/../y&z=%2f"
      })
  void usual_paths_reach_the_application_as_one_reading(String target) throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      RawClient.Reply reply =
          RawClient.ask(site.port(), "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals("served", reply.text());
      String expected = target.replace("http://x", "").replace("//", "/");
      assertTrue(
          app.heads.get(0).startsWith("GET " + expected + " HTTP/1.1\r\n"), app.heads.get(0));
    }
  }

  @Test
  void of_a_target_with_its_host_that_is_what_an_application_is_told() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      RawClient.ask(site.port(), RawClient.head("GET http://x:80/ HTTP/1.1", "Host: x"));
      String head = app.heads.get(0);
      assertTrue(head.contains("\r\nHost: x:80\r\n"), head);
      assertTrue(head.contains("\r\nX-Forwarded-Host: x:80\r\n"), head);
      assertEquals(-1, head.indexOf("Host: x\r\n"), head);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE /", "CONNECT x:443"})
  void what_is_not_served_says_what_is(String line) throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      RawClient.Reply reply = RawClient.ask(site.port(), line + " HTTP/1.1\r\nHost: x:443\r\n\r\n");
      assertEquals(405, reply.status());
      assertTrue(reply.has("Allow: GET, HEAD, POST"), reply.head());
    }
  }

  @Test
  void a_body_beyond_the_limit_is_a_413() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n" + "x".repeat(100_000));
      assertEquals(413, client.reply().status());
      assertEquals(0, app.requests.get());
    }
  }

  @Test
  void a_head_beyond_the_limit_is_refused() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      String head = "GET / HTTP/1.1\r\nHost: x\r\n";
      String long_ = head + "A: " + "x".repeat(40_000) + "\r\n\r\n";
      String many = head + "A: x\r\n".repeat(150) + "\r\n";
      String fits = head + "A: " + "x".repeat(30_000) + "\r\n\r\n";
      assertTrue(RawClient.ask(site.port(), long_).status() != 200);
      assertTrue(RawClient.ask(site.port(), many).status() != 200);
      assertEquals(0, app.requests.get());
      assertEquals(200, RawClient.ask(site.port(), fits).status());
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order() throws Exception {
    try (RawApp app = new RawApp(request -> request.ok(request.path()));
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(RawClient.head("GET /1 HTTP/1.1", "Host: x")
          + RawClient.head("GET /2 HTTP/1.1", "Host: x")
          + RawClient.head("GET /3 HTTP/1.1", "Host: x"));
      assertEquals("/1", client.reply().text());
      assertEquals("/2", client.reply().text());
      assertEquals("/3", client.reply().text());
    }
  }

  @Test
  void http_1_0_clients_are_served() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app)) {
      assertEquals(
          "served", RawClient.ask(site.port(), "GET / HTTP/1.0\r\n\r\n").text());
    }
  }

  @Test
  void a_client_of_http_1_0_is_told_whether_its_connection_stays() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      for (int i = 0; i < 2; i++) {
        client.send("GET / HTTP/1.0\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n");
        RawClient.Reply reply = client.reply();
        assertEquals("served", reply.text());
        assertTrue(reply.has("Connection: keep-alive"), reply.head());
      }
      RawClient.Reply plain = RawClient.ask(site.port(), "GET / HTTP/1.0\r\n\r\n");
      assertTrue(plain.has("Connection: close"), plain.head());
    }
  }

  @Test
  void an_answer_that_only_its_connections_end_ends_does_not_keep_it_for_http_1_0()
      throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.0 200 OK\r\n\r\nserved");
          throw new IOException("the end");
        });
        Site site = new Site(app)) {
      RawClient.Reply reply =
          RawClient.ask(site.port(), "GET / HTTP/1.0\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n");
      assertEquals("served", reply.text());
      assertTrue(reply.has("Connection: close"), reply.head());
    }
  }
}
