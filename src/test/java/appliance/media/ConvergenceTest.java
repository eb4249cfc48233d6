package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random changes on all nodes over a network that loses, repeats and delays, with nodes dying. */
final class ConvergenceTest {

  private static final int STEPS = 250;

  @TempDir
  Path ground;

  private final ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();

  @Test
  void whatever_happens_all_nodes_end_equal_and_no_file_is_ever_torn() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Random fates = new Random(seed + 1);
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.network((from, to) -> {
        int luck;
        synchronized (fates) {
          luck = fates.nextInt(10);
        }
        return luck < 3
            ? Nodes.Network.Fate.LOST
            : luck < 5
                ? Nodes.Network.Fate.LATE
                : luck < 6 ? Nodes.Network.Fate.TWICE : Nodes.Network.Fate.ARRIVES;
      });
      Thread reader = new Thread(() -> readAlong(nodes));
      reader.start();
      try {
        for (int i = 0; i < STEPS; i++) {
          step(nodes, random, i);
        }
        nodes.network((from, to) -> Nodes.Network.Fate.ARRIVES);
        for (Nodes.Node node : nodes.all()) {
          if (!node.up) {
            node.restart();
          }
        }
        nodes.awaitEqual();
      } finally {
        reader.interrupt();
        reader.join();
      }
      assertEquals(List.of(), new ArrayList<>(torn), "seed " + seed);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void step(Nodes nodes, Random random, int i) throws Exception {
    Nodes.Node node = nodes.get(random.nextInt(3));
    String path = path(random);
    int what = random.nextInt(100);
    if (what < 55) {
      writeWhole(node, path, i, random.nextInt(3) == 0 ? 100_000 : 50);
    } else if (what < 75) {
      Files.deleteIfExists(node.file(path));
    } else if (what < 93) {
      rename(node, path, path(random));
    } else if (!node.up) {
      node.restart();
    } else if (what < 96) {
      node.stop();
    } else {
      node.crash(ground.resolve("crashed" + i));
    }
    Thread.sleep(random.nextInt(12));
  }

  private static String path(Random random) {
    return "d" + random.nextInt(4) + "/e" + random.nextInt(2) + "/f" + random.nextInt(4);
  }

  /** A content that shows whether it is whole: its length, a filling, its length again. */
  private void writeWhole(Nodes.Node node, String path, int i, int length) throws IOException {
    String content = length + " " + i + " " + "x".repeat(length) + " " + length;
    Path staged = Files.writeString(ground.resolve("staged"), content);
    try {
      Files.createDirectories(node.file(path).getParent());
      Files.move(staged, node.file(path), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      Files.delete(staged); // its folder was removed as empty just then
    }
  }

  private static void rename(Nodes.Node node, String from, String to) throws IOException {
    try {
      Files.createDirectories(node.file(to).getParent());
      Files.move(node.file(from), node.file(to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // nothing to rename
    }
  }

  private void readAlong(Nodes nodes) {
    Random random = new Random();
    while (!Thread.currentThread().isInterrupted()) {
      Nodes.Node node = nodes.get(random.nextInt(3));
      String path = path(random);
      try {
        String content = Files.readString(node.file(path));
        String length = content.substring(content.lastIndexOf(' ') + 1);
        int size = Integer.parseInt(content.substring(0, content.indexOf(' ')));
        if (!length.equals(String.valueOf(size)) || content.length() < size) {
          torn.add(node.name + ": " + path);
        }
      } catch (java.nio.channels.ClosedByInterruptException e) {
        return;
      } catch (NoSuchFileException e) {
        Thread.onSpinWait(); // not there just now
      } catch (IOException | RuntimeException e) {
        torn.add(node.name + ": " + path + " " + e);
      }
    }
  }
}
