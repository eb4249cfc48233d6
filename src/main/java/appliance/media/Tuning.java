package appliance.media;

import java.time.Duration;

/**
 * The package's own periods and limits.
 *
 * @param quiet how long a file found by a look (not by its writer's close) must have been unchanged
 * @param rescan how often the whole folder is looked through although it is watched
 * @param poll the same where it cannot be watched, or not all of it
 * @param compare how often indexes are compared although nothing seems to be missing
 * @param tick how often the marker is looked at
 * @param readWait how long someone who asks for a file that is not here yet waits for it
 * @param fileBytesMax larger files of other nodes are not brought here
 * @param watch whether to use inotify
 */
record Tuning(
    Duration quiet,
    Duration rescan,
    Duration poll,
    Duration compare,
    Duration tick,
    Duration readWait,
    long fileBytesMax,
    boolean watch) {

  static final Tuning DEFAULT = new Tuning(
      Duration.ofMillis(500),
      Duration.ofSeconds(60),
      Duration.ofSeconds(5),
      Duration.ofSeconds(30),
      Duration.ofSeconds(1),
      Duration.ofSeconds(10),
      Long.MAX_VALUE,
      true);
}
