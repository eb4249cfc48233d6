package appliance.media;

/**
 * What lies on disk under a path right now.
 *
 * @param mode permission bits, read and write only
 */
record Stat(Kind kind, FileStamp print, int mode) {

  enum Kind {
    ABSENT,
    FILE,
    FOLDER,
    /** A link, pipe, socket or device, or something below a link: never replicated or followed. */
    OTHER
  }

  static final Stat ABSENT = new Stat(Kind.ABSENT, FileStamp.NONE, 0);
  static final Stat FOLDER = new Stat(Kind.FOLDER, FileStamp.NONE, 0);
  static final Stat OTHER = new Stat(Kind.OTHER, FileStamp.NONE, 0);

  /** Whether the disk is as {@code entry} remembers it; no entry means that nothing is there. */
  boolean matches(@org.jspecify.annotations.Nullable Entry entry) {
    if (entry == null || !entry.isFile()) {
      return kind == Kind.ABSENT || kind == Kind.FOLDER;
    }
    return kind == Kind.FILE && print.equals(entry.print());
  }
}
