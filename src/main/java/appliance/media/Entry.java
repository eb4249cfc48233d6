package appliance.media;

/**
 * A line of the index: what this node holds under a path.
 *
 * @param print of the file as it was read; for a delete, of the file that was deleted
 */
record Entry(Item item, FileStamp print) {

  boolean isFile() {
    return !item.deleted();
  }
}
