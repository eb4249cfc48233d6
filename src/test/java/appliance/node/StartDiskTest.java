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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StartDiskTest {

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir
  private Path data;

  private final List<Integer> halts = new ArrayList<>();

  @Test
  void a_disk_that_takes_files_is_not_spoken_of_and_keeps_none() throws IOException {
    Files.createDirectories(ClusterFile.log(data));
    try (LogLines told = LogLines.of(StartDisk.class);
        StartDisk disk = new StartDisk(data, AT_ONCE, AT_ONCE, halts::add)) {
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
    Path hangs = log.resolve(StartDisk.PROBE);
    Finished made = Finished.of(List.of("mkfifo", hangs.toString()), Map.of(), data);
    assertEquals(0, made.exitCode(), made.output());
    try (LogLines told = LogLines.of(StartDisk.class);
        StartDisk patient = new StartDisk(data, AT_ONCE, NEVER, halts::add);
        StartDisk ends = new StartDisk(data, AT_ONCE, AT_ONCE, halts::add)) {
      Thread first = hung(patient, told);
      patient.look();
      assertEquals(1, told.all().size(), told.all().toString());
      assertTrue(told.all().get(0).startsWith("The disk of " + data + " hangs: it has not taken"));
      assertEquals(List.of(), halts);
      Thread second = hung(ends, told);
      assertEquals(List.of(ExitCode.NOT_NOW.number()), halts);
      new RandomAccessFile(hangs.toFile(), "rw").close(); // the threads end
      first.join();
      second.join();
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
