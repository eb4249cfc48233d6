package appliance.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node has something of a site: one file in the media folder, or one table in the replica.
 * Looks at the folder itself, as the question comes before the media have been read.
 */
final class Content implements BooleanSupplier {

  private static final Logger log = LoggerFactory.getLogger(Content.class);

  private static final String OWN = ".appliance-";

  private final Optional<Path> media;
  private final BooleanSupplier tables;

  Content(Optional<Path> media, BooleanSupplier tables) {
    this.media = media;
    this.tables = tables;
  }

  @Override
  public boolean getAsBoolean() {
    return tables.getAsBoolean() || media.map(Content::hasFile).orElse(false);
  }

  /** A folder that cannot be read may well hold something. */
  private static boolean hasFile(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.anyMatch(path -> Files.isRegularFile(path) && !own(folder.relativize(path)));
    } catch (IOException | UncheckedIOException e) {
      log.warn("The media folder {} cannot be read: {}", folder, e.getMessage());
      return true;
    }
  }

  private static boolean own(Path path) {
    return path.getName(0).toString().startsWith(OWN);
  }
}
