package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.RequestLimits;
import appliance.model.MemberState;
import appliance.model.Shortage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that was started without a majority is not in the rotation, and serves reads all the same. */
final class EdgeColdStartTest {

  private static final String WRITE =
      RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 3") + "abc";

  @TempDir
  private Path folder = Path.of("");

  @Test
  void reads_are_served_by_the_own_application_and_writes_are_told_who_is_missing()
      throws Exception {
    try (RawApp own = RawApp.saying("own");
        RawApp other = RawApp.saying("other");
        Site site = new Site(pages(), own, other)) {
      site.state(0, MemberState.JOINING);
      site.state(1, MemberState.DOWN);
      site.master(-1);
      site.awaitReady(0);
      site.shortage(new Shortage(3, List.of("b", "c"), true));
      site.awaitReady(1);
      assertEquals("own", RawClient.get(site.port(), "/").text());
      RawClient.Reply refused = RawClient.ask(site.port(), WRITE);
      assertEquals(503, refused.status());
      assertTrue(refused.has("Retry-After:"), refused.head());
      assertTrue(
          refused.text().contains("read-only")
              && refused.text().contains("1 of 3 voters are in touch")
              && refused.text().contains("missing: b, c")
              && refused.text().contains("recover --force-new-cluster"),
          refused.text());
      assertEquals(1, own.requests.get(), "the application has not seen it");

      Files.writeString(folder.resolve("503.html"), "<p>Read only");
      Site.await("the operator's page", () -> write(site).equals("<p>Read only"));

      site.shortage(Shortage.NONE);
      site.state(0, MemberState.ACTIVE);
      site.master(0);
      Site.await("written", () -> write(site).equals("own"));
    }
  }

  private ClientsConfig pages() {
    return new ClientsConfig(
        List.of(), false, 0, Duration.ZERO, Optional.of(folder), RequestLimits.DEFAULTS);
  }

  private static String write(Site site) {
    try {
      return RawClient.ask(site.port(), WRITE).text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
