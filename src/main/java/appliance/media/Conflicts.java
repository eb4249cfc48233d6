package appliance.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contents that lost against a concurrent change, kept in {@code data/media/conflicts} for an
 * operator to look through; the oldest go first. Owned by {@code Replica}'s thread.
 */
final class Conflicts {

  private static final Logger log = LoggerFactory.getLogger(Conflicts.class);

  private static final int NAME_CHARACTERS_MAX = 80;

  private final Path folder;
  private final int filesMax;
  private final long bytesMax;
  private final AtomicLong kept = new AtomicLong();

  Conflicts(Path folder, int filesMax, long bytesMax) {
    this.folder = folder;
    this.filesMax = filesMax;
    this.bytesMax = bytesMax;
  }

  /** Keeps what lies under {@code file} now, which is {@code loser}; the file itself stays. */
  void keep(Path file, Item loser, Item winner) throws IOException {
    Files.createDirectories(folder);
    String name = loser.path().substring(loser.path().lastIndexOf('/') + 1);
    String kept = "%013d-%s-%s"
        .formatted(System.currentTimeMillis(), loser.sha256().toString().substring(0, 12), name);
    Path aside = folder.resolve(shortened(kept));
    if (Files.exists(aside)) {
      return; // the same content in the same millisecond
    }
    try {
      Files.createLink(aside, file);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(file, aside, StandardCopyOption.COPY_ATTRIBUTES); // on another file system
    }
    this.kept.incrementAndGet();
    log.warn(
        "'{}' was {} elsewhere at the same time as it was changed; the other change stands, what was"
            + " here is kept as {}",
        loser.path(),
        winner.deleted() ? "deleted" : "changed",
        aside);
    trim();
  }

  /** Never ends in half a character, which is no name. */
  private static String shortened(String name) {
    if (name.length() <= NAME_CHARACTERS_MAX) {
      return name;
    }
    boolean halves = Character.isHighSurrogate(name.charAt(NAME_CHARACTERS_MAX - 1));
    return name.substring(0, NAME_CHARACTERS_MAX - (halves ? 1 : 0));
  }

  private void trim() throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.sorted().toList(); // names begin with the time
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    int count = files.size();
    for (Path oldest : files) {
      if (count == 1 || (count <= filesMax && bytes <= bytesMax)) {
        return;
      }
      bytes -= Files.size(oldest);
      count--;
      Files.delete(oldest);
      log.warn("More lost conflicts than are kept; the oldest is gone: {}", oldest.getFileName());
    }
  }

  /** Since the start. */
  long kept() {
    return kept.get();
  }
}
