package appliance.fastcgi;

import static appliance.fastcgi.FakePhp.end;
import static appliance.fastcgi.FakePhp.stdout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.SlowReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that does not take the end of an answer that php has given whole. */
final class SlowClientTest {

  /** More than a client and a server with small buffers hold, and is read from php at once. */
  private static final int ANSWER_BYTES = 700_000;

  private static final int RECORD_BYTES = 50_000;

  @TempDir
  Path folder;

  private Front front(FakePhp php, Duration idle) throws IOException {
    Files.writeString(folder.resolve("index.php"), "");
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port()));
    FastCgiConfig config = FastCgiConfig.of(address, folder);
    return new Front(config.with(PhpLimits.silence(config.limits(), Duration.ofSeconds(60), idle)));
  }

  private static FakePhp php() {
    return new FakePhp(request -> {
      request.send(stdout("Content-Type: text/plain\r\n\r\n"));
      for (int sent = 0; sent < ANSWER_BYTES; sent += RECORD_BYTES) {
        request.send(stdout("x".repeat(RECORD_BYTES)));
      }
      request.send(end(0));
    });
  }

  @Test
  void one_that_takes_nothing_is_cut_off() throws Exception {
    try (FakePhp php = php();
        Front front = front(php, Duration.ofMillis(300));
        SlowReader client = new SlowReader(front.port(), "/")) {
      Await.until("it is cut off", () -> front.status("aborted") > 0);
      int taken = client.rest().length;
      assertTrue(taken < ANSWER_BYTES, taken + " bytes");
      assertEquals(1, front.status("aborted"));
    }
  }

  @Test
  void one_that_takes_its_time_gets_all() throws Exception {
    try (FakePhp php = php();
        Front front = front(php, Duration.ofSeconds(60));
        SlowReader client = new SlowReader(front.port(), "/")) {
      Await.until("php is done", () -> front.status("idle") == 1);
      int taken = client.rest().length;
      assertTrue(taken > ANSWER_BYTES, taken + " bytes");
      assertEquals(0, front.status("aborted"));
    }
  }

  @Test
  void one_that_takes_its_time_gets_whole_chunks() throws Exception {
    try (FakePhp php = php();
        Front front = front(php, Duration.ofSeconds(60));
        SlowReader client = SlowReader.thatStays(front.port(), "/")) {
      Await.until("php is done", () -> front.status("idle") == 1);
      assertEquals("x".repeat(ANSWER_BYTES), client.chunks());
    }
  }
}
