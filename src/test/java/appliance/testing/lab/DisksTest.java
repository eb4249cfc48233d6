package appliance.testing.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DisksTest {

  private static final long SECONDS_MAX = 60;

  @TempDir
  private Path folder;

  /** Else whatever the process was has to be found and thawed by hand, and a restart of the machine waits for it. */
  @Test
  void a_disk_that_hangs_goes_on_when_the_process_that_made_it_hang_is_gone() throws Exception {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    try (Disks disks = new Disks(folder, 1)) {
      Path disk = folder.resolve("n1");
      assertTrue(Files.exists(disk.resolve("lost+found")), "it is mounted");
      Process freezer = Disks.freeze(disk);
      signal(freezer, "INT"); // as Ctrl-C gives it to all at once
      assertTrue(freezer.isAlive());
      freezer.getOutputStream().close(); // as a kill does
      assertTrue(freezer.waitFor(SECONDS_MAX, TimeUnit.SECONDS));
      assertEquals(0, freezer.exitValue(), "it was frozen until then");
      assertTrue(thawed(disk).exitCode() != 0, "it is not any more");
      disks.free(); // which writes
    }
  }

  private void signal(Process process, String name) throws IOException {
    Finished told =
        Finished.of(List.of("kill", "-" + name, String.valueOf(process.pid())), Map.of(), folder);
    assertEquals(0, told.exitCode(), told.output());
  }

  private Finished thawed(Path disk) throws IOException {
    return Finished.of(List.of("fsfreeze", "--unfreeze", disk.toString()), Map.of(), folder);
  }
}
