package appliance.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The media folder as files on disk: looks and changes below its root, never through a link. Any
 * thread may look; only {@code Replica}'s changes final names.
 */
final class Folder {

  private static final Logger log = LoggerFactory.getLogger(Folder.class);

  static final String STAGING = Paths.RESERVED + "staging";

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;

  /** Numbered within one life of a node; without a number by earlier versions. */
  private static final Pattern STAGED = Pattern.compile(
      Pattern.quote(Paths.RESERVED) + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-[0-9]+)?");

  private final Path root;

  /** How names of what this life of the node has not whole yet begin. */
  private final String ownStaged = Paths.RESERVED + UUID.randomUUID() + "-";

  private final AtomicLong staged = new AtomicLong();

  Folder(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** The name on disk of a path that has passed {@link Paths}; the root for the empty one. */
  Path resolve(String path) {
    return path.isEmpty() ? root : root.resolve(path);
  }

  Stat stat(String path) throws IOException {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      Stat parent = look(resolve(path.substring(0, slash)));
      if (parent.kind() != Stat.Kind.FOLDER) {
        return parent.kind() == Stat.Kind.OTHER ? Stat.OTHER : Stat.ABSENT;
      }
    }
    return look(resolve(path));
  }

  /** Whether another disk is mounted at this folder, which is there, or part of the same one. */
  boolean isMount(String path) throws IOException {
    return isOtherDisk(path) || (!path.isEmpty() && mountPoints().contains(path));
  }

  boolean isOtherDisk(String path) throws IOException {
    return !path.isEmpty() && !device(path).equals(device(Paths.parent(path)));
  }

  /** Where below the root something is mounted: of what is bound from the same disk only the kernel knows. */
  Set<String> mountPoints() throws IOException {
    String below = root.toRealPath() + "/";
    try (Stream<String> lines = Files.lines(MOUNTS, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> unescaped(line.split(" ", 6)[4]))
          .filter(point -> point.startsWith(below))
          .map(point -> point.substring(below.length()))
          .collect(Collectors.toSet());
    } catch (NoSuchFileException e) {
      return Set.of(); // a system without
    }
  }

  private static String unescaped(String point) {
    String bytes = ESCAPED
        .matcher(point)
        .replaceAll(octal ->
            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private Object device(String path) throws IOException {
    return path.isEmpty()
        ? Files.getAttribute(root, "unix:dev") // which may be a link to another disk
        : Files.getAttribute(resolve(path), "unix:dev", LinkOption.NOFOLLOW_LINKS);
  }

  static Stat look(Path file) throws IOException {
    Map<String, Object> seen;
    try {
      seen = Files.readAttributes(
          file, "unix:mode,ino,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Stat.ABSENT;
    } catch (FileSystemException e) {
      if (e.getReason() != null && e.getReason().contains("Not a directory")) {
        return Stat.ABSENT;
      }
      throw e;
    }
    int mode = number(seen, "mode").intValue();
    if ((mode & TYPE_MASK) == DIRECTORY) {
      return Stat.FOLDER;
    }
    if ((mode & TYPE_MASK) != REGULAR) {
      return Stat.OTHER;
    }
    long mtime =
        seen.get("lastModifiedTime") instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
    FileStamp print =
        new FileStamp(number(seen, "ino").longValue(), number(seen, "size").longValue(), mtime);
    return new Stat(Stat.Kind.FILE, print, mode & Item.MODE_MASK);
  }

  private static Number number(Map<String, Object> seen, String name) {
    if (seen.get(name) instanceof Number number) {
      return number;
    }
    throw new IllegalStateException("a file system without " + name);
  }

  /** A new name for content that is not whole yet, on the same file system. */
  Path stage() throws IOException {
    Path staging = root.resolve(STAGING);
    if (!Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(staging);
    }
    return staging.resolve(ownStaged + staged.incrementAndGet());
  }

  /** Removes what earlier lives left half received. */
  void clearStaging() throws IOException {
    Path staging = root.resolve(STAGING);
    if (Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> left = Files.list(staging)) {
        for (Path file : (Iterable<Path>) left::iterator) {
          if (!file.getFileName().toString().startsWith(ownStaged)) {
            clear(file);
          }
        }
      }
    }
  }

  /** Removes what an earlier life was copying to another file system when it was killed. */
  void clearIfLeft(Path file) {
    String name = file.getFileName().toString();
    if (STAGED.matcher(name).matches() && !name.startsWith(ownStaged)) {
      clear(file);
    }
  }

  private static void clear(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} is left over and cannot be deleted: {}", file, e.toString());
    }
  }

  /** Gives {@code staged} its final name at once, replacing what was there; makes its folders. */
  void place(Path staged, String path) throws IOException {
    makeFolders(Paths.parent(path));
    giveToOwner(staged);
    Path target = resolve(path);
    if (look(target).kind() == Stat.Kind.FOLDER) {
      Files.delete(target); // an empty folder gives way; one that holds anything does not
    }
    try {
      Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      placeOnOtherFileSystem(staged, target);
    }
  }

  /** A folder below the root may be a mount of its own: copy there first, then rename. */
  private void placeOnOtherFileSystem(Path staged, Path target) throws IOException {
    Path beside = target.resolveSibling(ownStaged + this.staged.incrementAndGet());
    try {
      Files.copy(staged, beside, StandardCopyOption.COPY_ATTRIBUTES);
      Disk.sync(beside);
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
    Files.deleteIfExists(staged);
  }

  /** A node that runs as root leaves everything to whom the media folder belongs to. */
  private void giveToOwner(Path made) throws IOException {
    for (String whose : List.of("unix:gid", "unix:uid")) {
      Object owner = Files.getAttribute(root, whose);
      if (!owner.equals(Files.getAttribute(made, whose))) {
        try {
          Files.setAttribute(made, whose, owner);
        } catch (FileSystemException e) {
          log.debug("{} keeps its owner: {}", made, e.getReason());
        }
      }
    }
  }

  /**
   * @throws BlockedPath if something stands where {@code path} or one of its folders is to be
   */
  void requireWay(String path) throws IOException {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      String folder = path.substring(0, slash);
      Stat.Kind kind = look(resolve(folder)).kind();
      if (kind == Stat.Kind.FILE || kind == Stat.Kind.OTHER) {
        throw new BlockedPath(folder, kind);
      }
    }
    Stat.Kind kind = look(resolve(path)).kind();
    if (kind == Stat.Kind.OTHER) {
      throw new BlockedPath(path, kind);
    }
  }

  private void makeFolders(String folder) throws IOException {
    if (folder.isEmpty()) {
      return;
    }
    makeFolders(Paths.parent(folder));
    Path made = resolve(folder);
    Stat.Kind kind = look(made).kind();
    if (kind == Stat.Kind.ABSENT) {
      try {
        Files.createDirectory(made);
        giveToOwner(made);
      } catch (FileAlreadyExistsException e) {
        kind = look(made).kind(); // a local program was quicker
      }
    }
    if (kind == Stat.Kind.FILE || kind == Stat.Kind.OTHER) {
      throw new BlockedPath(folder, kind);
    }
  }

  /** Removes a file and the folders that it leaves empty. */
  void remove(String path) throws IOException {
    Files.deleteIfExists(resolve(path));
    prune(Paths.parent(path));
  }

  void prune(String folder) throws IOException {
    for (String empty = folder; !empty.isEmpty(); empty = Paths.parent(empty)) {
      try {
        if (look(resolve(empty)).kind() == Stat.Kind.FOLDER) {
          Files.deleteIfExists(resolve(empty));
        }
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  /** Something that is no folder stands where a path needs one. */
  static final class BlockedPath extends IOException {

    private static final long serialVersionUID = 1;

    private final String blocker;
    private final Stat.Kind kind;

    BlockedPath(String blocker, Stat.Kind kind) {
      super(
          kind == Stat.Kind.FILE
              ? "'" + blocker + "' is a file on this node, and a folder elsewhere"
              : "'" + blocker + "' is or lies below a link or special file on this node: move it");
      this.blocker = blocker;
      this.kind = kind;
    }

    String blocker() {
      return blocker;
    }

    Stat.Kind kind() {
      return kind;
    }
  }
}
