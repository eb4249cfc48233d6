package appliance.edge.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HttpsConfig;
import appliance.edge.RawApp;
import appliance.edge.RawHttp2;
import appliance.edge.Site;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a request over HTTP/2 reaches an application, which is spoken to in HTTP/1.1. */
final class Http2RequestTest {

  @TempDir
  private Path folder = Path.of("");

  private static List<String> request(String method, String path) {
    return List.of(":method: " + method, ":scheme: https", ":authority: x", ":path: " + path);
  }

  private HttpsConfig https() {
    Path certificate = Certificates.make(folder, "x", "x");
    return new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(certificate));
  }

  @Test
  void cookies_that_come_one_by_one_are_one_line() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      List<String> fields = new ArrayList<>(request("GET", "/"));
      fields.addAll(
          List.of("cookie: a=1", "cookie: b=2; c=3", "x-list: 1", "x-list: 2", "cookie: d=4"));
      client.headers(1, true, fields);
      assertEquals("200", client.end(1));
      String head = app.heads.get(0).toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\ncookie: a=1; b=2; c=3; d=4\r\n"), head);
      assertTrue(head.contains("\r\nx-list: 1\r\nx-list: 2\r\n"), head);
      assertEquals(head.indexOf("cookie:"), head.lastIndexOf("cookie:"), head);
    }
  }

  @Test
  void a_target_that_is_not_encoded_passes_and_a_broken_one_costs_its_own_stream_only()
      throws Exception {
    String lenient = "/[a]|^{`\"<b>?c={\"d\":[1]}|^`\\<e>";
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https(), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, false, request("POST", "/"));
      client.headers(3, true, request("GET", "/a?b=100%"));
      assertEquals("400", client.end(3));
      client.headers(5, true, request("GET", "/a%zz"));
      assertEquals("400", client.end(5));
      client.headers(7, true, request("GET", "/a?b#c"));
      assertEquals("400", client.end(7));
      client.headers(9, true, request("GET", lenient));
      assertEquals("200", client.end(9));
      client.data(1, true, "");
      assertEquals("200", client.end(1));
      assertTrue(app.heads.stream().anyMatch(head -> head.startsWith("GET " + lenient + " HTTP")));
    }
  }
}
