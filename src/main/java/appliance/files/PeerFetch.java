package appliance.files;

/** Brings a file here from another node; called on a thread that may block, and must have an end. */
@FunctionalInterface
public interface PeerFetch {

  /**
   * Returns when the file is on disk here, or is known to be on no node that can be asked.
   *
   * @param path relative to the folder: {@code 2026/11/cat.jpg}
   * @return whether it is on disk now
   */
  boolean fetch(String path) throws Exception;
}
