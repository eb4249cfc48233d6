package appliance.media;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders below the root that are disks of their own, as the scans have met them. One whose disk is not
 * mounted looks empty: its files count as there all the same, and nothing is written to it. Any thread may
 * ask; {@code Upkeep}'s changes it.
 */
final class Mounts {

  private static final Logger log = LoggerFactory.getLogger(Mounts.class);
  private static final String KEY = "mounts";
  private static final String SEPARATOR = "\n"; // no path holds one

  private final Folder folder;
  private final Map<String, String> meta;
  private volatile Set<String> known;
  private volatile String problem = "";

  /** Of these, files that are missing are not called deleted: new here, back, or given up. {@code Upkeep}'s. */
  private final Set<String> anew = new TreeSet<>();

  private Set<String> awayBefore = Set.of();

  Mounts(Folder folder, Map<String, String> meta) {
    this.folder = folder;
    this.meta = meta;
    String saved = meta.get(KEY);
    known = saved == null ? Set.of() : Set.of(saved.split(SEPARATOR));
  }

  /** Whether {@code path} lies on a disk that is not mounted now. */
  boolean isAway(String path) throws IOException {
    for (String mount : known) {
      if (isWithin(mount, path) && isBare(mount)) {
        return true;
      }
    }
    return false;
  }

  static boolean isWithin(String mount, String path) {
    return path.equals(mount) || path.startsWith(mount + "/");
  }

  /** A folder that is gone is no mount point any more: somebody has removed it. */
  private boolean isBare(String mount) throws IOException {
    return folder.stat(mount).kind() == Stat.Kind.FOLDER && !folder.isMount(mount);
  }

  /**
   * A scan has met these.
   *
   * @return whose missing files come from the other nodes: another disk may be there than before
   */
  Set<String> met(Set<String> mounts) {
    mounts.stream().filter(mount -> !known.contains(mount)).forEach(anew::add);
    return anew;
  }

  /** The index says no more of files that {@link #met} spoke of: what goes from now on is deleted. */
  void compared() throws IOException {
    if (anew.isEmpty()) {
      return;
    }
    Set<String> all = new TreeSet<>(known);
    for (String mount : anew) {
      if (folder.stat(mount).kind() == Stat.Kind.FOLDER && folder.isMount(mount)) {
        all.add(mount);
      }
    }
    keep(all);
    anew.clear();
  }

  /**
   * Looks at the disk, and tells what has changed.
   *
   * @return whether a disk has come or gone
   */
  boolean look() throws IOException {
    Set<String> away = new TreeSet<>();
    Set<String> left = new TreeSet<>(known);
    boolean givenUp = false;
    for (String mount : known) {
      if (isBare(mount) && isGivenUp(mount)) {
        givenUp = true;
        anew.add(mount);
        left.remove(mount);
      } else if (isBare(mount)) {
        away.add(mount);
      } else if (folder.stat(mount).kind() != Stat.Kind.ABSENT) {
        if (awayBefore.contains(mount)) {
          anew.add(mount);
        }
      } else if (!isBelowAnother(mount)) {
        left.remove(mount);
      }
    }
    if (left.size() < known.size()) {
      keep(left);
    }
    awayBefore = Set.copyOf(away);
    return say(away) || givenUp;
  }

  private boolean isGivenUp(String mount) throws IOException {
    return folder.stat(Paths.child(mount, Marker.NAME)).kind() == Stat.Kind.FILE;
  }

  private boolean isBelowAnother(String mount) {
    return known.stream().anyMatch(other -> !other.equals(mount) && isWithin(other, mount));
  }

  private boolean say(Set<String> away) {
    String now = away.isEmpty()
        ? ""
        : "a disk was mounted in the media folder at " + String.join(", ", away)
            + " and is not now. Its files are neither deleted nor sent nor received until it is back. If it is"
            + " not to come back, make an empty file " + Marker.NAME
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

  private void keep(Set<String> mounts) {
    known = Set.copyOf(mounts);
    if (mounts.isEmpty()) {
      meta.remove(KEY);
    } else {
      meta.put(KEY, String.join(SEPARATOR, mounts));
    }
  }

  /** The root is another folder now. */
  void forget() {
    keep(Set.of());
    anew.clear();
    awayBefore = Set.of();
    problem = "";
  }

  /** Which disks are not there, and what to do; empty if all are. */
  String problem() {
    return problem;
  }
}
