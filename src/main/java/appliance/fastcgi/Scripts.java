package appliance.fastcgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the script for a path: the script that lies there, else the folder's own, else the front
 * controller. What it found holds for a second. Any thread may call it; it looks at the local disk.
 */
final class Scripts {

  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int REMEMBERED_MAX = 4096;
  private static final int PATH_CHARS_MAX = 4096;

  private static final Target NOT_FOUND = new Target.Refused(404);
  private static final Target BAD_REQUEST = new Target.Refused(400);
  private static final Target FOLDER = new Target.Folder();

  private final FastCgiConfig config;
  private final LongSupplier nanoTime;
  private final Map<String, Found> remembered = new ConcurrentHashMap<>();

  private record Found(Target target, long at) {}

  Scripts(FastCgiConfig config, LongSupplier nanoTime) {
    this.config = config;
    this.nanoTime = nanoTime;
  }

  /** {@code path} is a request's path, decoded. */
  Target find(String path) {
    long now = nanoTime.getAsLong();
    Found known = remembered.get(path);
    if (known != null && now - known.at < VALID_NANOS) {
      return known.target;
    }
    if (path.length() > PATH_CHARS_MAX) {
      return new Target.Refused(414);
    }
    Target target = look(path);
    if (remembered.size() >= REMEMBERED_MAX) {
      remembered.clear();
    }
    remembered.put(path, new Found(target, now));
    return target;
  }

  private Target look(String path) {
    if (!isSound(path)) {
      return BAD_REQUEST;
    }
    try {
      Path root = config.documentRoot().toRealPath();
      Target there = path.contains("//") ? null : lookThere(root, path);
      if (there != null) {
        return there;
      }
      Optional<String> front = config.frontController().filter(name -> isFile(root, name));
      return front.isPresent() ? script(root, front.get(), "") : NOT_FOUND;
    } catch (IOException e) {
      return NOT_FOUND;
    }
  }

  /** Null if nothing of the path's own is there. */
  private @Nullable Target lookThere(Path root, String path) throws IOException {
    for (int end = nextEnd(path, 0); end > 0; end = nextEnd(path, end)) {
      String name = path.substring(0, end);
      if (isScript(name) && isFile(root, name)) {
        // Found, and if forbidden then neither run nor shown nor left to the front controller.
        return mayRun(name) ? script(root, name, path.substring(end)) : NOT_FOUND;
      }
    }
    String folder = path.endsWith("/") ? path : path + "/";
    String index = folder + config.indexScript();
    if (!isFile(root, index) || !mayRun(index)) {
      return null;
    }
    return path.endsWith("/") ? script(root, index, "") : FOLDER;
  }

  /** Where the next segment ends, after {@code from}; 0 if there is none. */
  private static int nextEnd(String path, int from) {
    if (from >= path.length()) {
      return 0;
    }
    int slash = path.indexOf('/', from + 1);
    return slash < 0 ? path.length() : slash;
  }

  private Target script(Path root, String name, String pathInfo) {
    String seen = config.phpRoot().map(Path::toString).orElse(root.toString());
    return Target.Script.of(seen.equals("/") ? "" : seen, name, pathInfo);
  }

  private boolean isScript(String name) {
    return config.scriptSuffixes().stream().anyMatch(name::endsWith);
  }

  private boolean mayRun(String name) {
    if (config.neverExecuted().stream().anyMatch(name::startsWith)) {
      return false;
    }
    // RFC 8615: the one name with a leading dot that is public.
    return !name.replace("/.well-known/", "/").contains("/.");
  }

  /** A regular file inside the root, whatever symlinks lead to it. */
  private static boolean isFile(Path root, String name) {
    Path file = root.resolve(name.substring(1));
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      Path real = file.toRealPath();
      return real.startsWith(root) && Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
  }

  /** Names no place but below the root, whoever reads it. */
  private static boolean isSound(String path) {
    if (!path.startsWith("/")) {
      return false;
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c < ' ' || c == 0x7f || c == '\\') {
        return false;
      }
    }
    return !(path + "/").contains("/../") && !(path + "/").contains("/./");
  }
}
