package appliance.media;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the whole folder with the index and reports every difference: what happened while the node
 * was off, and what the watcher missed. Looks at names, sizes, times and inodes; reads no content.
 */
final class Scanner {

  private static final Logger log = LoggerFactory.getLogger(Scanner.class);
  private static final int NAMED_MAX = 100;

  private final Folder folder;
  private final Index index;
  private final Mounts mounts;
  private final Set<String> named = ConcurrentHashMap.newKeySet();

  Scanner(Store store) {
    folder = store.folder();
    index = store.index();
    mounts = store.mounts();
  }

  /** What one comparison reports to; may block to slow it down. */
  interface Differences {
    void changed(String path);

    void gone(String path);

    /** A disk has been mounted over this file. */
    void hidden(String path);
  }

  /** How many files of the index are not on disk. */
  long missing() throws IOException {
    long[] missing = new long[1];
    eachMissing(path -> missing[0]++);
    return missing[0];
  }

  /**
   * Passes over folders that are closed to this node; none of the files in them is called gone.
   *
   * @throws IOException if a folder cannot be read for another reason, so that nothing may be called gone
   */
  void scan(Differences differences) throws IOException {
    Set<String> met = new HashSet<>();
    scanFolder("", differences, met);
    for (String point : folder.mountPoints()) { // once, and not for each of many folders
      if (isFolder(point)) {
        met.add(point);
      }
    }
    Set<String> fresh = mounts.met(met);
    eachMissing(path -> {
      if (fresh.stream().anyMatch(mount -> Mounts.isWithin(mount, path))) {
        differences.hidden(path);
      } else {
        differences.gone(path);
      }
    });
  }

  private boolean isFolder(String point) throws IOException {
    try {
      return Paths.problem(point).isEmpty() && folder.stat(point).kind() == Stat.Kind.FOLDER;
    } catch (IOException e) {
      mounts.passIfUnknown(point, e);
      return false;
    }
  }

  private void eachMissing(Consumer<String> missing) throws IOException {
    for (Iterator<Entry> lines = index.entriesAfter(null); lines.hasNext(); ) {
      Entry entry = lines.next();
      String path = entry.item().path();
      if (entry.isFile() && isMissing(path)) {
        missing.accept(path);
      }
    }
  }

  private boolean isMissing(String path) throws IOException {
    try {
      return folder.stat(path).kind() == Stat.Kind.ABSENT && !mounts.isAway(path);
    } catch (IOException e) {
      mounts.passIfUnknown(path, e);
      return false;
    }
  }

  private void scanFolder(String path, Differences differences, Set<String> met)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("the scan was told to end");
    }
    if (mounts.isAway(path)) {
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder.resolve(path))) {
      for (Path file : children) {
        Optional<String> name = replicable(file);
        if (name.isEmpty()) {
          folder.clearIfLeft(file);
          nameOnce(file, "its name cannot be replicated");
          continue;
        }
        scanChild(file, Paths.child(path, name.get()), differences, met);
      }
      if (folder.isOtherDisk(path)) {
        met.add(path);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (AccessDeniedException e) {
      if (path.isEmpty()) {
        throw e;
      }
      nameOnce(folder.resolve(path), "it is closed to this node's user");
    } catch (java.nio.file.NoSuchFileException e) {
      if (path.isEmpty()) {
        throw e;
      }
      log.debug("Folder {} went while it was listed", path);
    }
  }

  private void scanChild(Path file, String path, Differences differences, Set<String> met)
      throws IOException {
    Stat stat;
    try {
      stat = Folder.look(file);
    } catch (IOException e) {
      mounts.passIfAway(path, e);
      return;
    }
    switch (stat.kind()) {
      case FOLDER -> scanFolder(path, differences, met);
      case FILE -> {
        if (!stat.matches(index.get(path))) {
          differences.changed(path);
        }
      }
      case OTHER -> nameOnce(file, "it is a link, pipe, socket or device");
      case ABSENT -> log.debug("{} went while its folder was listed", path);
    }
  }

  private void nameOnce(Path file, String why) {
    String name = file.toString();
    if (!file.getFileName().toString().startsWith(Paths.RESERVED)
        && named.size() < NAMED_MAX
        && named.add(name)) {
      log.warn("Not replicated: {} ({})", name, why);
    }
  }

  /** The file's name, if it may be replicated: Unicode on disk too, and fit by {@link Paths}. */
  static Optional<String> replicable(Path file) {
    String name = file.getFileName().toString();
    boolean sameOnDisk = Path.of(name).equals(file.getFileName());
    return sameOnDisk && Paths.problem(name).isEmpty() ? Optional.of(name) : Optional.empty();
  }
}
