package appliance.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Reading, hashing and writing the bytes of one file. */
final class Disk {

  private static final int CHUNK_BYTES = 256 * 1024;

  /** A private file must not be readable by others while it arrives. */
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(
          Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private Disk() {}

  /** Never opens a link. */
  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** The space that is left where a file lies; as much as can be said if that is not known. */
  static long freeBytes(Path file) {
    try {
      return Files.getFileStore(file).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  static Sha256 hash(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
    try (FileChannel channel = open(file)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return Sha256.from(digest.digest());
  }

  /** The first {@code max} bytes and one more, if there are so many. */
  static byte[] readUpTo(Path file, int max) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(max + 1);
    }
  }

  /**
   * Writes {@code in} to a new file, as far as {@code size} allows, and makes it durable.
   *
   * @throws IOException if {@code in} does not give exactly the bytes that {@code item} names
   */
  static void receive(InputStream in, Path staged, Item item) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, Math.max(1, item.size()))];
    try (FileChannel out = FileChannel.open(
        staged, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
      long left = item.size();
      while (left > 0) {
        int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (read < 0) {
          throw new WrongContent("ended " + left + " bytes early");
        }
        digest.update(chunk, 0, read);
        writeFully(out, ByteBuffer.wrap(chunk, 0, read));
        left -= read;
      }
      if (in.read() >= 0) {
        throw new WrongContent("is longer than announced");
      }
      if (!Sha256.from(digest.digest()).equals(item.sha256())) {
        throw new WrongContent("has another SHA-256 than announced");
      }
      out.force(false);
    }
    dress(staged, item);
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Sets the time and the permissions that the item carries; never an executable or setuid bit. */
  static void dress(Path file, Item item) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ);
    add(permissions, item.mode() & 0200, PosixFilePermission.OWNER_WRITE);
    add(permissions, item.mode() & 0040, PosixFilePermission.GROUP_READ);
    add(permissions, item.mode() & 0020, PosixFilePermission.GROUP_WRITE);
    add(permissions, item.mode() & 0004, PosixFilePermission.OTHERS_READ);
    add(permissions, item.mode() & 0002, PosixFilePermission.OTHERS_WRITE);
    Files.setPosixFilePermissions(file, permissions);
    FileTime mtime = FileTime.from(item.mtimeMicros(), TimeUnit.MICROSECONDS);
    Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(mtime, null, null);
  }

  private static void add(Set<PosixFilePermission> to, int bit, PosixFilePermission permission) {
    if (bit != 0) {
      to.add(permission);
    }
  }

  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Somebody sent other bytes than announced: a file that changed meanwhile, or a lie. */
  static final class WrongContent extends IOException {

    private static final long serialVersionUID = 1;

    WrongContent(String how) {
      super("the content received " + how);
    }
  }
}
