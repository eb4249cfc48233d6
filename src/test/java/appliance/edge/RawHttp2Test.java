package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.HttpsConfig;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RawHttp2Test {

  @TempDir
  private Path root = Path.of("");

  @Test
  void it_reads_a_status_however_often_it_came() throws Exception {
    HttpsConfig https =
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(Certificates.make(root, "x", "x")));
    try (RawApp app = new RawApp(request -> request.write(RawClient.head(
            "HTTP/1.1 " + request.path().substring(1) + " X", "Content-Length: 0")));
        Site site = new Site(https, app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      int stream = 1;
      for (String status : List.of("418", "200", "418", "599", "418", "599", "404")) {
        client.headers(
            stream,
            true,
            List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /" + status));
        assertEquals(status, client.end(stream));
        stream += 2;
      }
    }
  }
}
