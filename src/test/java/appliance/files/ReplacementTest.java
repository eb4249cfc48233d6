package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are replaced by rename again and again while many ask for them. */
final class ReplacementTest {

  private static final int CLIENTS = 8;
  private static final int REQUESTS = 400;

  @TempDir
  private Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean done = new AtomicBoolean();
  private FileServer server;

  @BeforeEach
  void start() {
    server = new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
  }

  @AfterEach
  void stop() throws Exception {
    done.set(true);
    threads.shutdown();
    assertTrue(threads.awaitTermination(90, TimeUnit.SECONDS));
    server.close();
  }

  @Test
  void every_answer_is_one_state_of_the_file_and_its_tag_names_it() throws Exception {
    long seed = Seed.next();
    replace(new Random(seed), (byte) 0);
    Future<?> writer = threads.submit(() -> {
      Random random = new Random(seed);
      for (byte fill = 1; !done.get(); fill++) {
        replace(random, fill);
      }
      return null;
    });
    Map<String, String> contents = new ConcurrentHashMap<>();
    List<Future<?>> readers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      readers.add(threads.submit(() -> {
        for (int n = 0; n < REQUESTS; n++) {
          check(server.get("/f.bin"), contents, "seed " + seed);
        }
        return null;
      }));
    }
    for (Future<?> reader : readers) {
      reader.get();
    }
    assertTrue(!writer.isDone(), "the writer goes on");
    assertTrue(contents.size() > 1, "it was replaced " + contents.size() + " times");
  }

  /** By small ones and large ones, each of one byte that is repeated. */
  private void replace(Random random, byte fill) throws IOException {
    byte[] content = new byte[random.nextBoolean() ? 1000 : 200_000];
    Arrays.fill(content, fill);
    Path next = folder.resolve("next.bin");
    Files.write(next, content);
    Files.move(next, folder.resolve("f.bin"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void check(RawResponse response, Map<String, String> contents, String context) {
    if (response.status() == 503) {
      return; // It changed three times while it was opened.
    }
    assertEquals(200, response.status(), context);
    byte[] content = response.content();
    assertEquals(response.field("Content-Length"), "" + content.length, context);
    for (byte b : content) {
      assertEquals(content[0], b, context);
    }
    String state = content[0] + " x " + content.length;
    String known = contents.putIfAbsent(response.field("ETag"), state);
    assertTrue(known == null || known.equals(state), context + ": " + known + ", " + state);
  }
}
