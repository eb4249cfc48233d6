package appliance.media;

/** What tells cheaply whether a file is still the one that was read: inode, size, mtime. */
record FileStamp(long inode, long size, long mtimeNanos) {

  static final FileStamp NONE = new FileStamp(0, 0, 0);
}
