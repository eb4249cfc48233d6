package appliance.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code .appliance-media} in the folder's root, by which this node knows that the folder is
 * the one it knows, and not an empty mount point. While it is missing nothing is deleted, here or
 * elsewhere, and nothing is written here.
 */
final class Marker {

  static final String NAME = Paths.RESERVED + "media";

  private static final Logger log = LoggerFactory.getLogger(Marker.class);
  private static final String KEY = "marker";

  private final Folder folder;
  private final Map<String, String> meta;
  private volatile String problem = "";
  private volatile FileStamp lastSeen = FileStamp.NONE;

  Marker(Folder folder, Map<String, String> meta) {
    this.folder = folder;
    this.meta = meta;
  }

  /** What the folder is to this node's index. */
  enum Standing {
    /** The one the index speaks of. */
    KNOWN,
    /** Another one, or a new one: what the index says of files here is void. */
    OTHER,
    /** Not there, or not recognised: hands off. */
    MISSING
  }

  /** Looks at the disk; changes nothing there. */
  Standing look() {
    try {
      FileStamp print = Folder.look(file()).print();
      if (!print.equals(FileStamp.NONE) && print.equals(lastSeen)) {
        return Standing.KNOWN;
      }
      Standing standing = standing(print);
      if (standing == Standing.KNOWN) {
        lastSeen = print;
        back();
      }
      return standing;
    } catch (IOException e) {
      return say("the media folder cannot be used: " + e);
    }
  }

  private Standing standing(FileStamp print) throws IOException {
    String known = meta.get(KEY);
    boolean present = !print.equals(FileStamp.NONE);
    if (known == null) {
      return Standing.OTHER;
    }
    if (!present) {
      return say("the media folder " + folder.root() + " has lost its marker " + NAME
          + ": is it mounted? Nothing is deleted, sent or received until it is back. If the folder"
          + " is right and empty on purpose, make an empty file of that name in it: its files then"
          + " come from the other nodes");
    }
    return read(file()).equals(known) ? Standing.KNOWN : Standing.OTHER;
  }

  private void back() {
    if (!problem.isEmpty()) {
      problem = "";
      log.info("The media folder {} is back; going on", folder.root());
    }
  }

  private Standing say(String now) {
    lastSeen = FileStamp.NONE;
    if (!now.equals(problem)) {
      problem = now;
      log.error("Media is suspended: {}", now);
    }
    return Standing.MISSING;
  }

  /** From now on the folder that is there is the known one; makes it if there is none. */
  void adopt() throws IOException {
    Files.createDirectories(folder.root());
    Path file = file();
    String found = Folder.look(file).kind() == Stat.Kind.FILE ? read(file) : "";
    String id = found.isEmpty() ? UUID.randomUUID().toString() : found;
    if (found.isEmpty()) {
      Files.writeString(file, id + "\n");
    }
    meta.put(KEY, id);
    back();
  }

  private Path file() {
    return folder.root().resolve(NAME);
  }

  private static String read(Path file) throws IOException {
    return new String(Disk.readUpTo(file, 100), StandardCharsets.UTF_8).strip();
  }

  /** Whether the folder was the known one at the last look. */
  boolean ok() {
    return problem.isEmpty();
  }

  /** Why media is suspended and what to do; empty if it is not. */
  String problem() {
    return problem;
  }
}
