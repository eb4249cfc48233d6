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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a {@code :path} that RFC 3986 would have otherwise. */
final class Http2TargetTest {

  @TempDir
  private Path folder = Path.of("");

  private static List<String> request(String method, String path) {
    return List.of(":method: " + method, ":scheme: https", ":authority: x", ":path: " + path);
  }

  @Test
  void one_that_is_not_encoded_passes_and_a_broken_one_costs_its_own_stream_only()
      throws Exception {
    String lenient = "/[a]|^{`\"<b>?c={\"d\":[1]}|^`\\<e>";
    Path certificate = Certificates.make(folder, "x", "x");
    HttpsConfig https = new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(certificate));
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(https, app);
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
