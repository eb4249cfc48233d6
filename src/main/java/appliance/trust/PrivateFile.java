package appliance.trust;

import appliance.runtime.Force;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small files that only the node's own user may read. */
public final class PrivateFile {

  private static final Logger log = LoggerFactory.getLogger(PrivateFile.class);

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private PrivateFile() {}

  /**
   * Writes the whole file or nothing, also if the power fails; nobody else can read it at any moment. On disk
   * when this returns.
   */
  public static void write(Path file, String text) throws IOException {
    write(file, text, Force.DISK);
  }

  static void write(Path file, String text, Force force) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8), force);
  }

  private static void write(Path file, byte[] content, Force force) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, PosixFilePermissions.asFileAttribute(OWNER));
    Files.write(temporary, content);
    force.of(temporary); // else the new name may be there after a power loss, and nothing in it
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force.of(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  /** Reads a file of at most {@code bytesMax}, after taking it from everyone else. */
  public static String read(Path file, int bytesMax) throws IOException {
    if (Files.size(file) > bytesMax) {
      throw new IOException(file + " is larger than " + bytesMax + " bytes");
    }
    own(file);
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /**
   * Takes a file from everyone else: a copy or a restore may have given it to them. One that is another user's, as after a copy
   * that root has made, is replaced by one of our own.
   */
  public static void own(Path file) throws IOException {
    if (OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      return;
    }
    byte[] content = Files.readAllBytes(file);
    try {
      Files.setPosixFilePermissions(file, OWNER);
    } catch (FileSystemException e) {
      log.info("{} is another user's: this node takes a copy of its own", file);
      write(file, content, Force.DISK);
    }
  }
}
