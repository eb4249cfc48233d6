package appliance.cluster;

import static appliance.cluster.Lab.awaitMaster;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.ClusterFile;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What lies beside the log, on a disk that may hang while that of the log works. */
final class KeepingTest {

  private static final ClusterFile FILE = ClusterFile.of("test", UUID.randomUUID(), 1);
  private static final List<HostPort> OTHERS = List.of(new HostPort("10.0.0.1", 7800));
  private static final Set<NodeId> VOTERS = Set.of(NodeId.random());

  @RegisterExtension
  final Lab lab = new Lab("test");

  /** What the file is written to first; it hangs until {@link #goOn}. */
  private static Path hung(Path data) throws IOException {
    Path part = ClusterFile.folder(data).resolve("membership.part");
    Finished made = Finished.of(List.of("mkfifo", part.toString()), Map.of(), data);
    assertEquals(0, made.exitCode(), made.output());
    return part;
  }

  private static void goOn(Path hung) throws IOException {
    try (RandomAccessFile other = new RandomAccessFile(hung.toFile(), "rw")) {
      Files.delete(hung);
      other.getFD();
    }
  }

  @Test
  void a_master_goes_on_while_the_disk_beside_its_log_hangs() throws Exception {
    Cluster a = lab.startAlone("a");
    Path hung = hung(lab.seat("a").data());
    try {
      lab.node("b").start(); // another key, and another host
      Await.until("it sees b", () -> a.views().get().members().size() == 2);
      CompletableFuture<Void> set = a.operations().set("goes", "on").toCompletableFuture();
      Await.until("it is agreed on", set::isDone);
      set.join();
      awaitMaster("a", a);
    } finally {
      goOn(hung);
    }
  }

  @Test
  void what_changes_is_on_disk_when_it_is_closed() throws IOException {
    Path data = Files.createDirectories(lab.folder("data"));
    Keeping keeping = new Keeping(data, FILE);
    keeping.soon(file -> file.with(OTHERS));
    keeping.close();
    keeping.soon(file -> file.with(List.of()));
    keeping.close();
    assertEquals(OTHERS, ClusterFile.read(data).orElseThrow().hosts());
  }

  @Test
  void voters_are_on_disk_at_once_or_those_of_before_stay() throws IOException {
    Path data = Files.createDirectories(lab.folder("data"));
    try (Keeping keeping = new Keeping(data, FILE)) {
      Path inTheWay = ClusterFile.folder(data).resolve("membership.part");
      Files.createDirectory(inTheWay);
      assertThrows(UncheckedIOException.class, () -> keeping.voters(VOTERS));
      assertEquals(Set.of(), keeping.file().voters());
      Files.delete(inTheWay);
      keeping.voters(VOTERS);
      assertEquals(VOTERS, ClusterFile.read(data).orElseThrow().voters());
      assertTrue(keeping.file().hosts().isEmpty());
    }
  }

  /** Lies within the other disk, so that it takes what is written and hangs when that is forced. */
  private Path diskWithin(Path disk) throws IOException {
    Path image = disk.resolve("image");
    Path data = Files.createDirectories(lab.folder("data"));
    String make = "truncate --size=8M $0 && mkfs.ext4 -q $0 && mount -o loop $0 $1";
    Finished made =
        Finished.of(List.of("sh", "-c", make, image.toString(), data.toString()), Map.of(), disk);
    assertEquals(0, made.exitCode(), made.output());
    return data;
  }

  @Test
  void its_end_does_not_wait_for_a_disk_that_hangs_within_a_write() throws Exception {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    Path around = Files.createDirectories(lab.folder("around"));
    try (Disks disks = new Disks(around, 1)) {
      Path data = diskWithin(around.resolve("n1"));
      Keeping keeping = new Keeping(data, FILE);
      disks.hang(1);
      keeping.soon(file -> file.with(OTHERS));
      CompletableFuture<Void> end = CompletableFuture.runAsync(keeping::close);
      try {
        Await.until("it has ended", end::isDone);
      } finally {
        disks.goOn(1);
        end.join();
        Finished.of(List.of("umount", "--lazy", data.toString()), Map.of(), around);
      }
    }
  }

  @Test
  void what_changes_is_on_disk_also_where_much_waits_for_it() throws Exception {
    Path data = Files.createDirectories(lab.folder("data"));
    CompletableFuture<Void> disk = new CompletableFuture<>();
    try (Keeping keeping = new Keeping(data, FILE)) {
      for (int task = 0; task < 200; task++) {
        keeping.execute(disk::join);
      }
      keeping.soon(file -> file.with(OTHERS));
      disk.complete(null);
    }
    assertEquals(OTHERS, ClusterFile.read(data).orElseThrow().hosts());
  }
}
