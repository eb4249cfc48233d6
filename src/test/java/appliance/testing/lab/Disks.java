package appliance.testing.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A small disk of its own for each node's data, that can be filled. Gone when closed. */
public final class Disks implements AutoCloseable {

  private static final int NODE_MEGABYTES = 192;
  private static final String FILLER = "filler";

  private final List<Path> disks;

  /** For the nodes {@code n1} to {@code n}COUNT, at folders of {@code folder} with their names. */
  Disks(Path folder, int count) {
    this(
        IntStream.rangeClosed(1, count)
            .mapToObj(host -> folder.resolve("n" + host))
            .toList(),
        NODE_MEGABYTES);
  }

  /** One at each of {@code disks}. */
  public Disks(List<Path> disks, int megabytes) {
    this.disks = List.copyOf(disks);
    for (Path disk : disks) {
      try {
        Files.createDirectories(disk);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "lab", disk.toString());
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
    disks.forEach(disk -> run("umount", "--lazy", disk.toString()));
  }
}
