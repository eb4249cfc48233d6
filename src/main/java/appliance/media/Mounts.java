package appliance.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders below the root that are disks of their own, as the scans have met them. One whose disk is not
 * mounted looks empty: its files count as there all the same, and nothing is written to it. Each bears a mark,
 * {@code .appliance-disk}, which tells it from another one in its place. Any thread may ask; {@code Upkeep}'s
 * changes it.
 */
final class Mounts {

  private static final Logger log = LoggerFactory.getLogger(Mounts.class);
  private static final String KEY = "mounts";
  private static final String SEPARATOR = "\n"; // no path holds one, nor the next
  private static final String MARKED = "\t";
  private static final String MARK = Paths.RESERVED + "disk";

  private final Folder folder;
  private final Map<String, String> meta;

  /** By path, the mark of the disk there; empty if it takes none. */
  private volatile Map<String, String> known;

  private volatile String problem = "";

  /** Of these, files that are missing are not called deleted: new here, back, or given up. {@code Upkeep}'s. */
  private final Set<String> anew = new TreeSet<>();

  /** Of these, another disk is there than before: what the index says of its files is void. {@code Upkeep}'s. */
  private final Set<String> others = new TreeSet<>();

  private Set<String> awayBefore = Set.of();

  Mounts(Folder folder, Map<String, String> meta) {
    this.folder = folder;
    this.meta = meta;
    Map<String, String> saved = new TreeMap<>();
    String lines = meta.get(KEY);
    if (lines != null) {
      for (String line : lines.split(SEPARATOR, -1)) {
        String[] parts = line.split(MARKED, 2);
        saved.put(parts[0], parts.length > 1 ? parts[1] : "");
      }
    }
    known = Map.copyOf(saved);
  }

  /** Whether {@code path} lies on a disk that is not mounted now. */
  boolean isAway(String path) {
    for (String mount : known.keySet()) {
      if (isWithin(mount, path) && isBare(mount)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A look at a disk whose server is gone, as FUSE and NFS have them, fails: nobody can say what is on it.
   *
   * @throws IOException {@code failed}, if {@code path} does not lie on a disk that is away
   */
  void passIfAway(String path, IOException failed) throws IOException {
    if (!isAway(path)) {
      throw failed;
    }
    log.debug("{} cannot be looked at", path, failed);
  }

  /**
   * Nor can anybody say what is in a folder that is closed to this node.
   *
   * @throws IOException {@code failed}, if it is neither
   */
  void passIfUnknown(String path, IOException failed) throws IOException {
    if (!(failed instanceof AccessDeniedException)) {
      passIfAway(path, failed);
    }
  }

  static boolean isWithin(String mount, String path) {
    return path.equals(mount) || path.startsWith(mount + "/");
  }

  /** A folder that is gone is no mount point any more: somebody has removed it. */
  private boolean isBare(String mount) {
    try {
      return folder.stat(mount).kind() == Stat.Kind.FOLDER && !folder.isMount(mount);
    } catch (IOException e) {
      log.debug("{} cannot be looked at", mount, e);
      return true; // as though it were away: it keeps nothing else from being compared
    }
  }

  /**
   * A scan has met these.
   *
   * @return whose missing files come from the other nodes: another disk may be there than before
   */
  Set<String> met(Set<String> mounts) {
    mounts.stream().filter(mount -> !known.containsKey(mount)).forEach(anew::add);
    return anew;
  }

  /** The index says no more of files that {@link #met} spoke of: what goes from now on is deleted. */
  void compared() throws IOException {
    if (anew.isEmpty()) {
      return;
    }
    Map<String, String> all = new TreeMap<>(known);
    for (String mount : anew) {
      if (folder.stat(mount).kind() == Stat.Kind.FOLDER && folder.isMount(mount)) {
        all.put(mount, mark(mount));
      }
    }
    keep(all);
    anew.clear();
    others.clear();
  }

  /**
   * Looks at the disk, and tells what has changed.
   *
   * @return whether a disk has come or gone
   */
  boolean look() throws IOException {
    Set<String> away = new TreeSet<>();
    Map<String, String> left = new TreeMap<>(known);
    boolean anewNow = false;
    for (String mount : known.keySet()) {
      if (isBare(mount) && isGivenUp(mount)) {
        anewNow = true;
        anew.add(mount);
        left.remove(mount);
      } else if (isBare(mount)) {
        away.add(mount);
      } else if (folder.stat(mount).kind() != Stat.Kind.ABSENT) {
        if (awayBefore.contains(mount)) {
          anew.add(mount);
        }
        anewNow |= isOther(mount, left);
      } else if (!isBelowAnother(mount)) {
        left.remove(mount);
      }
    }
    if (!left.equals(known)) {
      keep(left);
    }
    awayBefore = Set.copyOf(away);
    return say(away) || anewNow;
  }

  /** Whether another disk has just been found at {@code mount}; notes the mark of one that had none. */
  private boolean isOther(String mount, Map<String, String> noted) throws IOException {
    if (others.contains(mount) || !folder.isMount(mount)) {
      return false;
    }
    String before = noted.getOrDefault(mount, "");
    String now = mark(mount);
    if (before.isEmpty()) {
      noted.put(mount, now);
    }
    if (before.isEmpty() || before.equals(now)) {
      return false;
    }
    log.warn(
        "Another disk than before is mounted in the media folder at {}: what it lacks comes from the other"
            + " nodes",
        mount);
    anew.add(mount);
    return others.add(mount);
  }

  /** Made if the disk has none; empty if it takes none; as before if it cannot be read now. */
  private String mark(String mount) {
    Path file = folder.resolve(Paths.child(mount, MARK));
    try {
      String found = Folder.look(file).kind() == Stat.Kind.FILE
          ? new String(Disk.readUpTo(file, 100), StandardCharsets.UTF_8).strip()
          : "";
      return found.isEmpty() ? made(file) : found;
    } catch (IOException e) {
      log.debug("The mark of {} cannot be read", mount, e);
      return known.getOrDefault(mount, "");
    }
  }

  private static String made(Path file) {
    String made = UUID.randomUUID().toString();
    try {
      Files.writeString(
          file,
          made + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      return made;
    } catch (IOException e) {
      log.debug("{} cannot be made", file, e);
      return "";
    }
  }

  /** Whether another disk than before is where {@code path} lies, and has not been compared yet. */
  boolean isOnOther(String path) {
    return others.stream().anyMatch(mount -> isWithin(mount, path));
  }

  boolean hasOthers() {
    return !others.isEmpty();
  }

  private boolean isGivenUp(String mount) {
    try {
      return folder.stat(Paths.child(mount, Marker.NAME)).kind() == Stat.Kind.FILE;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isBelowAnother(String mount) {
    return known.keySet().stream()
        .anyMatch(other -> !other.equals(mount) && isWithin(other, mount));
  }

  private boolean say(Set<String> away) {
    String now = away.isEmpty()
        ? ""
        : "a disk was mounted in the media folder at " + String.join(", ", away)
            + " and is not now, or cannot be looked at. Its files are neither deleted nor sent nor"
            + " received until it is back. If it is not to come back, make an empty file "
            + Marker.NAME
            + " in that folder: what it lacks then comes"
            + " from the other nodes. Or remove that folder: its files are then deleted on all nodes";
    if (now.equals(problem)) {
      return false;
    }
    if (now.isEmpty()) {
      log.info("All disks in the media folder are back; going on");
    } else {
      log.error("Media is suspended in part: {}", now);
    }
    problem = now;
    return true;
  }

  private void keep(Map<String, String> mounts) {
    known = Map.copyOf(mounts);
    if (mounts.isEmpty()) {
      meta.remove(KEY);
    } else {
      List<String> lines = new ArrayList<>();
      mounts.forEach((mount, mark) -> lines.add(mount + MARKED + mark));
      meta.put(KEY, String.join(SEPARATOR, lines));
    }
  }

  /** The root is another folder now. */
  void forget() {
    keep(Map.of());
    anew.clear();
    others.clear();
    awayBefore = Set.of();
    problem = "";
  }

  /** Which disks are not there, and what to do; empty if all are. */
  String problem() {
    return problem;
  }
}
