package appliance.media;

/** What tells cheaply whether a file is still the one that was read: inode, size, mtime. */
record Print(long inode, long size, long mtimeNanos) {

  static final Print NONE = new Print(0, 0, 0);
}
