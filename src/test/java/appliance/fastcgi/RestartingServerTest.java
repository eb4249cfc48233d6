package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.HostPort;
import appliance.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose children go, each after its present request, as php-fpm's do when it restarts. */
final class RestartingServerTest {

  private static final List<String> SLOW = List.of("slow=1", "slow=2", "slow=3");

  @TempDir
  Path folder;

  private final List<CountDownLatch> goOn =
      SLOW.stream().map(query -> new CountDownLatch(1)).toList();

  private void answer(FakePhp.Request request) throws IOException {
    String query = request.parameters().getOrDefault("QUERY_STRING", "");
    if (query.equals("lost") && goOn.get(0).getCount() > 0) {
      request.socket().close(); // its child has gone
      return;
    }
    int slow = SLOW.indexOf(query);
    if (slow >= 0) {
      FakePhp.await(goOn.get(slow));
    }
    request.answer(query);
    if (slow >= 0) {
      request.socket().getInputStream().read(); // it goes at that moment
      request.socket().close();
    }
  }

  @Test
  void a_request_that_is_tried_again_is_not_given_to_one_child_after_the_other_that_goes()
      throws Exception {
    Files.writeString(folder.resolve("index.php"), "");
    try (FakePhp php = new FakePhp(this::answer);
        Front front = new Front(
            FastCgiConfig.of(new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port())), folder),
            1)) {
      List<CompletableFuture<String>> slow = new ArrayList<>();
      SLOW.forEach(query -> slow.add(get(front, query)));
      Await.until("all of them run", () -> php.requests.get() == 3);
      assertEquals("warm", front.body("/?warm")); // on a connection that is kept
      php.greets = new CountDownLatch(1); // no child takes a new one

      CompletableFuture<String> lost = get(front, "lost");
      for (int i = 0; i < SLOW.size(); i++) {
        long before = i;
        Await.until("it waits for the next child", () -> front.status("retries") > before);
        goOn.get(i).countDown();
        assertEquals(SLOW.get(i), slow.get(i).join());
      }
      Await.until("the last one has gone, too", () -> front.status("retries") == 4);
      php.greets.countDown();
      assertEquals("lost", lost.join());
      assertEquals(0, front.status("failures"));
    }
  }

  private static CompletableFuture<String> get(Front front, String query) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return front.body("/?" + query);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task).start());
  }
}
