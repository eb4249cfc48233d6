package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.StartFailure;
import appliance.testing.Finished;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoomOnDiskTest {

  @TempDir
  Path folder;

  private final Loop loop = new Loop("room", 10);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loop.close();
  }

  private String remedy(Path data, String reason) throws InterruptedException {
    new FullDisk(data, loop).look(reason, told::add);
    return String.valueOf(told.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void a_disk_that_takes_nothing_for_another_reason_is_not_called_full()
      throws InterruptedException {
    String reason = "entry 3 could not be written (is the disk full?)";
    assertEquals(FullDisk.MEND, remedy(folder.resolve("gone"), reason));
    assertEquals(FullDisk.MEND, remedy(folder, reason));
  }

  @Test
  void one_that_says_so_is_full() throws InterruptedException {
    String remedy = remedy(folder, "entry 3 could not be forced: No space left on device");
    assertTrue(remedy.startsWith("The disk of " + folder + " is full"), remedy);
  }

  @Test
  void who_could_not_write_does_not_wait_for_the_disk_once_more() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(1);
    loop.execute(() -> {
      try {
        busy.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    new FullDisk(folder, loop).look("entry 3 could not be written", told::add);
    assertTrue(told.isEmpty());
    busy.countDown();
    assertEquals(FullDisk.MEND, told.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void a_start_ends_with_the_reason_also_where_the_disk_hangs() throws IOException {
    Path hangs = folder.resolve("room"); // where room is looked for
    Finished made = Finished.of(List.of("mkfifo", hangs.toString()), Map.of(), folder);
    assertEquals(0, made.exitCode(), made.output());
    Failure failure = new Failure(new FullDisk(folder, loop), Duration.ofMillis(1));
    failure.ofLog("entry 3 could not be forced to disk", (reason, remedy) -> loop.close());
    StartFailure told = (StartFailure) failure.ofStart(new IllegalStateException("another"));
    assertEquals(ExitCode.NOT_NOW, told.exitCode());
    String start =
        "this node cannot take part in the cluster: entry 3 could not be forced to disk. "
            + "The disk of " + folder + " hangs: ";
    assertTrue(String.valueOf(told.getMessage()).startsWith(start), told.getMessage());
    new RandomAccessFile(hangs.toFile(), "rw").close(); // its thread ends
  }

  @Test
  void a_start_that_is_ended_meanwhile_does_not_say_that_the_disk_hangs() throws IOException {
    Path hangs = folder.resolve("room");
    Finished made = Finished.of(List.of("mkfifo", hangs.toString()), Map.of(), folder);
    assertEquals(0, made.exitCode(), made.output());
    Failure failure = new Failure(new FullDisk(folder, loop), Duration.ofHours(1));
    failure.ofLog("entry 3 could not be forced to disk", (reason, remedy) -> loop.close());
    Thread.currentThread().interrupt();
    StartFailure told = (StartFailure) failure.ofStart(new IllegalStateException("another"));
    assertTrue(Thread.interrupted(), "whoever ends the start is still heard");
    assertEquals(ExitCode.NOT_NOW, told.exitCode());
    String words = String.valueOf(told.getMessage());
    assertTrue(words.endsWith("The start was ended before its disk was looked at; start it again"));
    new RandomAccessFile(hangs.toFile(), "rw").close(); // its thread ends
  }
}
