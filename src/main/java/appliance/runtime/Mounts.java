package appliance.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where disks are mounted: such a folder cannot be renamed, and what is mounted below one that is goes with it. */
public final class Mounts {

  private static final Path ALL = Path.of("/proc/self/mountinfo");

  private static final int POINT = 4;

  private Mounts() {}

  /** Whether {@code folder} has a disk of its own, or one below it. */
  public static boolean isAtOrBelow(Path folder) throws IOException {
    if (Files.notExists(folder) || Files.notExists(ALL)) {
      return false;
    }
    String all = new String(Files.readAllBytes(ALL), StandardCharsets.UTF_8);
    return isAtOrBelow(folder.toRealPath().toString(), all);
  }

  /** Compared as text: what else is mounted may have a name that is no path here, without a locale of UTF-8. */
  static boolean isAtOrBelow(String folder, String all) {
    return all.lines()
        .map(line -> unescaped(line.split(" ", -1)[POINT]))
        .anyMatch(point -> point.equals(folder) || point.startsWith(folder + "/"));
  }

  private static String unescaped(String point) {
    return point
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
