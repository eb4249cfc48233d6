package appliance.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The media folder as the guestbook uses it: it only ever adds files, under names of its own making.
 */
final class Pictures {

  static final long BYTES_MAX = 8L << 20;

  private final Path folder;

  Pictures(Path folder) {
    this.folder = folder;
  }

  /** An upload that is not taken; the message is for the visitor. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * Stores a picture and returns its new file name.
   *
   * @throws Refused if it is too big or no picture that a browser shows
   */
  String store(InputStream content) throws IOException, Refused {
    byte[] head = content.readNBytes(PictureType.HEAD_BYTES);
    PictureType type = PictureType.of(head)
        .orElseThrow(() -> new Refused("Only PNG, JPEG, GIF and WebP pictures are taken."));
    Files.createDirectories(folder);
    String name = UUID.randomUUID().toString().replace("-", "") + "." + type.extension();
    // A name with a dot is not shared; the rename makes it appear at once and whole.
    Path unfinished = folder.resolve("." + name + ".part");
    try {
      write(unfinished, head, content);
      Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      return name;
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Removes a picture that no entry came to use. */
  void discard(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  private static void write(Path file, byte[] head, InputStream rest) throws IOException, Refused {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
      out.write(head);
      long bytes = head.length;
      byte[] buffer = new byte[1 << 16];
      for (int n = rest.read(buffer); n >= 0; n = rest.read(buffer)) {
        bytes += n;
        if (bytes > BYTES_MAX) {
          throw new Refused("A picture may have up to " + (BYTES_MAX >> 20) + " MB.");
        }
        out.write(buffer, 0, n);
      }
      channel.force(true);
    }
  }
}
