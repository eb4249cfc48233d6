package appliance.media;

/** This node's disk: the folder, what is known of it, how it is recognised, what was put aside. */
record Store(Folder folder, Index index, Marker marker, Conflicts conflicts) {

  /** Whether the folder may be believed and changed right now; looks at the disk. */
  boolean usable() {
    return marker.look() == Marker.Standing.KNOWN;
  }
}
