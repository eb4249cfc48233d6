package appliance.media;

import java.io.IOException;

/** This node's disk: the folder, what is known of it, how it is recognised, what was put aside. */
record Store(Folder folder, Index index, Marker marker, Mounts mounts, Conflicts conflicts) {

  /** Whether the folder may be believed and changed right now; looks at the disk. */
  boolean usable() {
    return marker.look() == Marker.Standing.KNOWN;
  }

  /** The same for one path, which may lie on a disk of its own. */
  boolean usable(String path) throws IOException {
    return usable() && !mounts.isAway(path);
  }

  /** Why not all of it is; empty if all is. */
  String problem() {
    return marker.problem().isEmpty() ? mounts.problem() : marker.problem();
  }
}
