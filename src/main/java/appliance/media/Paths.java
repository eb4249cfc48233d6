package appliance.media;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which relative paths are replicated. They come from other nodes and from the public, and so are
 * hostile until they have passed here: names between single slashes, nothing that leaves the folder.
 */
final class Paths {

  /** Names that begin so are this package's own: the marker and what is not whole yet. */
  static final String RESERVED = ".appliance-";

  static final int PATH_BYTES_MAX = 2048;
  static final int NAME_BYTES_MAX = 255;
  static final int DEPTH_MAX = 64;

  private Paths() {}

  /** Why {@code path} is refused, if it is; the text never repeats the path. */
  static Optional<String> problem(String path) {
    if (path.length() > PATH_BYTES_MAX || bytes(path) > PATH_BYTES_MAX) {
      return Optional.of("longer than " + PATH_BYTES_MAX + " bytes");
    }
    int depth = 0;
    int start = 0;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      Optional<String> wrong = nameProblem(path.substring(start, end));
      if (wrong.isPresent()) {
        return wrong;
      }
      if (++depth > DEPTH_MAX) {
        return Optional.of("deeper than " + DEPTH_MAX + " folders");
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  /** The same for one name within a folder. */
  static Optional<String> nameProblem(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return Optional.of("an empty name, or one of dots");
    }
    if (name.startsWith(RESERVED)) {
      return Optional.of("names that begin with " + RESERVED + " are the appliance's own");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("a control character in a name");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      return Optional.of("a name that is not Unicode");
    }
    if (name.indexOf('/') >= 0 || bytes(name) > NAME_BYTES_MAX) {
      return Optional.of("a name longer than " + NAME_BYTES_MAX + " bytes");
    }
    return Optional.empty();
  }

  static String child(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  /** The folder that {@code path} lies in; empty for the root. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
