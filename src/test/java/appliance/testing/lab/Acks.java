package appliance.testing.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Reads on in the clients' file for what a master acknowledged, so that a long run costs no more to watch than a short one. */
final class Acks {

  private static final int KEPT_MAX = 5_000;

  private final Path file;
  private final Deque<History.Ack> kept = new ArrayDeque<>();
  private long position;

  Acks(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  synchronized List<History.Ack> newest() {
    if (Files.exists(file)) {
      readOn();
    }
    return List.copyOf(kept);
  }

  private void readOn() {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] more = new byte[(int) Math.min(in.length() - position, 1 << 20)];
      in.seek(position);
      in.readFully(more);
      int end = more.length;
      while (end > 0 && more[end - 1] != '\n') {
        end--;
      }
      position += end;
      new String(more, 0, end, StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> History.Ack.parse(line).filter(ack -> !ack.isPublic()).ifPresent(this::keep));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(History.Ack ack) {
    kept.addLast(ack);
    if (kept.size() > KEPT_MAX) {
      kept.removeFirst();
    }
  }
}
