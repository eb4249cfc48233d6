package appliance.media;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a folder when the kernel has more to tell than it keeps. */
final class WatcherTest {

  private static final Path LIMIT = Path.of("/proc/sys/fs/inotify/max_queued_events");

  @TempDir
  private Path ground;

  /** Holds the watcher's thread up at its first call, until it is told to go on. */
  private static final class Slow implements Changes {
    final CountDownLatch goOn = new CountDownLatch(1);
    final CountDownLatch missed = new CountDownLatch(1);

    @Override
    public void written(String path) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void found(String path) {}

    @Override
    public void gone(String path) {}

    @Override
    public void missed(String why) {
      missed.countDown();
    }
  }

  @Test
  void a_file_whose_close_was_not_told_does_not_count_as_being_written_for_ever() throws Exception {
    Slow slow = new Slow();
    int queued =
        Integer.parseInt(new String(Disk.readUpTo(LIMIT, 100), StandardCharsets.UTF_8).strip());
    try (Watcher watcher = new Watcher(new Folder(ground), slow)) {
      assertTrue(watcher.start(10));
      try (OutputStream out = Files.newOutputStream(ground.resolve("f"))) {
        out.write("content".getBytes(StandardCharsets.UTF_8));
        Await.until("its writing is seen", () -> watcher.isWriting("f"));
        Files.writeString(ground.resolve("blocks"), "the watcher");
        for (int i = 0; i <= queued; i++) {
          Files.writeString(ground.resolve(i % 2 == 0 ? "x" : "y"), "");
        }
      }
      slow.goOn.countDown();
      Await.until("more came than is kept", () -> slow.missed.getCount() == 0);
      Await.until("it has been closed", () -> !watcher.isWriting("f"));
      assertFalse(watcher.isWriting("blocks"));
    }
  }
}
