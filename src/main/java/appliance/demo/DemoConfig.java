package appliance.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the guestbook is told at its start.
 *
 * @param node the name it shows as the one who answered
 * @param port where it listens, on loopback only; 0 takes a free one
 * @param master where entries are written
 * @param replicaFile holds the JDBC URL of the local replica in its first line; may appear later
 * @param media the folder for uploaded pictures
 * @param mediaPath where the public finds that folder, with a slash at both ends: {@code /media/}
 */
public record DemoConfig(
    String node,
    int port,
    MasterDatabase master,
    Optional<Path> replicaFile,
    Path media,
    String mediaPath) {

  public DemoConfig {
    if (!mediaPath.startsWith("/") || !mediaPath.endsWith("/")) {
      throw new IllegalArgumentException(
          "media path '" + mediaPath + "': write it with a slash at both ends, like /media/");
    }
  }
}
