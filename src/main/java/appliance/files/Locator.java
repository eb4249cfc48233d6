package appliance.files;

import io.undertow.util.DateUtils;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what lies at a URL path of one root, on disk; blocking. */
final class Locator {

  private static final Logger log = LoggerFactory.getLogger(Locator.class);

  private static final Lookup MISSING = new Lookup.Missing();
  private static final Lookup NOT_FOUND = new Lookup.Refused(404);
  private static final Lookup FORBIDDEN = new Lookup.Refused(403);

  private final FileRoot root;
  private final BooleanSupplier brotli;
  private final ContentTypes types = new ContentTypes();

  /**
   * @param brotli whether texts can be compressed by it; is asked when there is one
   */
  Locator(FileRoot root, BooleanSupplier brotli) {
    this.root = root;
    this.brotli = brotli;
  }

  Lookup find(UrlPath path) throws IOException {
    try {
      return switch (Visibility.of(path.segments())) {
        case SHOWN -> findShown(path);
        case SCRIPT -> root.behind() == FileRoot.Behind.APPLICATION ? MISSING : NOT_FOUND;
        case HIDDEN -> findHidden(path);
      };
    } catch (NoSuchFileException | InvalidPathException e) {
      return MISSING;
    } catch (AccessDeniedException e) {
      return FORBIDDEN;
    } catch (FileSystemException e) {
      // A file where a folder was meant, a loop of links, a name too long for the file system.
      log.debug("{} is not found: {}", path.relative(), e.getMessage());
      return MISSING;
    }
  }

  /** A hidden file that is here is nobody's; where there is none, the path may be an application's. */
  private Lookup findHidden(UrlPath path) {
    boolean mine = root.behind() == FileRoot.Behind.NOTHING
        || Files.exists(root.folder().resolve(path.relative()), LinkOption.NOFOLLOW_LINKS);
    return mine ? NOT_FOUND : MISSING;
  }

  private Lookup findShown(UrlPath path) throws IOException {
    if (!root.folder().resolve(path.relative()).toFile().exists()) {
      return MISSING; // The usual case on an application's site: one look, no exception.
    }
    Path top = root.folder().toRealPath();
    Path real = top.resolve(path.relative()).toRealPath();
    if (!real.startsWith(top)) {
      return NOT_FOUND;
    }
    BasicFileAttributes attributes = attributes(real);
    if (attributes.isDirectory()) {
      return findIndex(path, top, real);
    }
    return attributes.isRegularFile() && !path.folder()
        ? found(top, path.relative(), Stamp.of(real, attributes))
        : MISSING;
  }

  private Lookup findIndex(UrlPath path, Path top, Path folder) throws IOException {
    for (String name : root.indexes()) {
      Optional<Stamp> index = regularFile(top, folder.resolve(name));
      if (index.isPresent()) {
        return path.folder()
            ? found(top, path.relative() + "/" + name, index.get())
            : new Lookup.Folder(path.folderUrl(root.urlPrefix()));
      }
    }
    return MISSING;
  }

  private Lookup found(Path top, String relative, Stamp stamp) throws IOException {
    Path name = Path.of(relative).getFileName();
    String contentType = types.of(name == null ? "" : name.toString());
    long now = System.currentTimeMillis();
    long modified = Math.min(stamp.modified().toMillis(), now) / 1000 * 1000;
    return new Lookup.Found(new Asset(
        representations(top, stamp, contentType, now),
        contentType,
        modified,
        DateUtils.toDateString(Date.from(Instant.ofEpochMilli(modified))),
        cacheControl(root.urlPrefix() + relative)));
  }

  private List<Representation> representations(Path top, Stamp plain, String contentType, long now)
      throws IOException {
    List<Representation> all = new ArrayList<>();
    if (ContentTypes.isCompressible(contentType)) {
      Optional<Stamp> br = beside(top, plain, ".br");
      Optional<Stamp> gzip = beside(top, plain, ".gz");
      boolean make = plain.size() >= root.limits().compressBytesMin()
          && plain.size() <= root.limits().compressBytesMax();
      if (br.isPresent()) {
        all.add(Representation.beside(br.get(), Representation.BROTLI, now));
      } else if (make && gzip.isEmpty() && brotli.getAsBoolean()) {
        all.add(Representation.made(plain, Representation.BROTLI, now));
      }
      if (gzip.isPresent()) {
        all.add(Representation.beside(gzip.get(), Representation.GZIP, now));
      } else if (make) {
        all.add(Representation.made(plain, Representation.GZIP, now));
      }
    }
    all.add(Representation.plain(plain, now));
    return all;
  }

  /** The file with {@code suffix} after its name, unless it is older than the plain one. */
  private static Optional<Stamp> beside(Path top, Stamp plain, String suffix) throws IOException {
    return regularFile(top, plain.file().resolveSibling(plain.file().getFileName() + suffix))
        .filter(stamp -> stamp.modified().compareTo(plain.modified()) >= 0);
  }

  private static Optional<Stamp> regularFile(Path top, Path file) throws IOException {
    try {
      Path real = file.toRealPath();
      BasicFileAttributes attributes = attributes(real);
      return real.startsWith(top) && attributes.isRegularFile()
          ? Optional.of(Stamp.of(real, attributes))
          : Optional.empty();
    } catch (FileSystemException e) {
      return Optional.empty();
    }
  }

  static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private Optional<String> cacheControl(String urlPath) {
    return root.cacheRules().stream()
        .filter(rule -> rule.path().test(urlPath))
        .map(CacheRule::value)
        .findFirst();
  }
}
