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
}
