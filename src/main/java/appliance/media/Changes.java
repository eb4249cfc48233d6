package appliance.media;

/** Where changes of the folder are reported; returns at once, from any thread. */
interface Changes {

  /** A program has finished writing this file, or has moved it here. */
  void written(String path);

  /** This file was seen; it may be new, unchanged, or still being written. */
  void found(String path);

  /** A file or folder has left this path. */
  void gone(String path);

  /** Some changes were not seen: the whole folder is to be compared. */
  void missed(String why);
}
