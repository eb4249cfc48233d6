package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.LogLines;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StartDiskTest {

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir
  private Path data;

  private final List<Integer> halts = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
  private final AtomicLong clock = new AtomicLong();

  private StartDisk disk(Duration max) {
    StartDisk.Limits limits = new StartDisk.Limits(AT_ONCE, max);
    return new StartDisk(data, limits, said::add, halts::add, this::nanoTime);
  }

  private long nanoTime() {
    meanwhile.getAndSet(() -> {}).run();
    return clock.get();
  }

  @Test
  void a_disk_that_takes_files_is_not_spoken_of_and_keeps_none() throws IOException {
    Files.createDirectories(ClusterFile.log(data));
    try (LogLines told = LogLines.of(StartDisk.class);
        StartDisk disk = disk(AT_ONCE)) {
      disk.tryIt();
      disk.look();
      assertEquals(List.of(), told.all());
    }
    assertEquals(List.of(), halts);
    assertTrue(Files.notExists(data.resolve(StartDisk.PROBE)));
    assertTrue(Files.notExists(ClusterFile.log(data).resolve(StartDisk.PROBE)));
  }

  @Test
  void one_that_hangs_is_named_once_and_a_start_that_waits_for_it_ends() throws Exception {
    Path log = Files.createDirectories(ClusterFile.log(data));
    Path hangs = hung(log);
    try (LogLines told = LogLines.of(StartDisk.class);
        StartDisk patient = disk(NEVER);
        StartDisk ends = disk(AT_ONCE)) {
      Thread first = hung(patient, told);
      patient.look();
      assertEquals(1, told.all().size(), told.all().toString());
      assertTrue(told.all().get(0).startsWith("The disk of " + data + " hangs: it has not taken"));
      assertEquals(List.of(), halts);
      Thread second = hung(ends, told);
      assertEquals(List.of(ExitCode.NOT_NOW.number()), halts);
      assertEquals(told.all(), said, "also to a person");
      goOn(hangs, first, second);
    }
  }

  @Test
  void a_try_that_begins_in_the_moment_of_a_look_is_not_taken_for_one_of_long_ago()
      throws Exception {
    Path hangs = hung(Files.createDirectories(ClusterFile.log(data)));
    try (StartDisk disk = disk(NEVER)) {
      Thread tries = new Thread(disk::tryIt);
      clock.set(NEVER.toNanos()); // since the last try
      meanwhile.set(() -> {
        tries.start();
        Await.until(
            "it waits for the disk",
            () -> Arrays.stream(tries.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("write")));
      });
      disk.look();
      assertEquals(List.of(), said);
      disk.look();
      assertEquals(1, said.size(), "it is under way");
      goOn(hangs, tries);
    }
  }

  /** What a try waits for, until somebody opens it. */
  private Path hung(Path folder) throws IOException {
    Path hangs = folder.resolve(StartDisk.PROBE);
    Finished made = Finished.of(List.of("mkfifo", hangs.toString()), Map.of(), data);
    assertEquals(0, made.exitCode(), made.output());
    return hangs;
  }

  /** Returns when they have ended; one may be about to open it. */
  private static void goOn(Path hangs, Thread... threads) throws Exception {
    try (RandomAccessFile other = new RandomAccessFile(hangs.toFile(), "rw")) {
      for (Thread thread : threads) {
        thread.join();
      }
      other.getFD();
    }
  }

  /** One that tries the disk, which has been seen to hang. */
  private static Thread hung(StartDisk disk, LogLines told) {
    int before = told.all().size();
    Thread tries = new Thread(disk::tryIt);
    tries.start();
    Await.until("it is told", () -> {
      disk.look();
      return told.all().size() > before;
    });
    return tries;
  }
}
