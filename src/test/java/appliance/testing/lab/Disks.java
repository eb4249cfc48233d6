package appliance.testing.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A small disk of its own for each node's data, that can be filled, and made to hang if it was made for that. In memory: so
 * it is no slower than the machine. Gone when closed.
 */
public final class Disks implements AutoCloseable {

  private static final int NODE_MEGABYTES = 192;
  private static final String FILLER = "filler";

  private final List<Path> disks;
  /** Ignores the signals of a terminal: it is to outlive the process that it works for, in any case. */
  private static final String FREEZE =
      "trap '' INT TERM HUP; fsfreeze --freeze \"$0\" || exit; echo frozen;"
          + " cat >/dev/null; fsfreeze --unfreeze \"$0\"";

  private final Map<Integer, Process> hanging = new TreeMap<>();

  /** Those that can hang, for the nodes {@code n1} to {@code n}COUNT, at folders of {@code folder} with their names. */
  public Disks(Path folder, int count) {
    Path images = folder.resolve("disks");
    List<Path> nodes = IntStream.rangeClosed(1, count)
        .mapToObj(host -> folder.resolve("n" + host))
        .toList();
    mountMemory(images, count * (NODE_MEGABYTES + 8));
    for (Path node : nodes) {
      Path image = images.resolve(node.getFileName() + ".img");
      run("truncate", "--size=" + NODE_MEGABYTES + "M", image.toString());
      run("mkfs.ext4", "-q", "-m", "0", image.toString());
      make(node);
      run("mount", "-o", "loop", image.toString(), node.toString());
    }
    disks = Stream.concat(nodes.stream(), Stream.of(images)).toList();
  }

  /** One at each of {@code disks}. */
  public Disks(List<Path> disks, int megabytes) {
    this.disks = List.copyOf(disks);
    disks.forEach(disk -> mountMemory(disk, megabytes));
  }

  private static void mountMemory(Path at, int megabytes) {
    make(at);
    run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "lab", at.toString());
  }

  private static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on each write to the disk of {@code host}, from 1, waits, also for a kill, until {@link #goOn}. */
  public void hang(int host) {
    hanging.put(host, freeze(disks.get(host - 1)));
  }

  /** As long as this process is there, and nobody closes the other one's input. */
  static Process freeze(Path disk) {
    try {
      Process freezer = new ProcessBuilder("sh", "-c", FREEZE, disk.toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      if (freezer.getInputStream().read() < 0) {
        throw new IllegalStateException(disk + " cannot be frozen");
      }
      return freezer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What waited is written. */
  public void goOn(int host) {
    Process freezer = hanging.remove(host);
    if (freezer != null) {
      thaw(freezer);
    }
  }

  private static void thaw(Process freezer) {
    try {
      freezer.getOutputStream().close();
      int code = freezer.waitFor();
      if (code != 0) {
        throw new IllegalStateException("a disk stays frozen: exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Leaves no room on the disk of {@code host}, from 1, but for what its node frees itself. */
  public void fill(int host) {
    byte[] block = new byte[4096];
    try (OutputStream filler = Files.newOutputStream(disks.get(host - 1).resolve(FILLER))) {
      while (true) {
        filler.write(block);
      }
    } catch (IOException e) {
      // it is full
    }
  }

  /** Makes room again on all. */
  public void free() {
    for (Path disk : disks) {
      try {
        Files.deleteIfExists(disk.resolve(FILLER));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void run(String... command) {
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** After the nodes have ended. */
  @Override
  public void close() {
    List.copyOf(hanging.keySet()).forEach(this::goOn);
    disks.forEach(disk -> run("umount", "--lazy", disk.toString()));
  }
}
