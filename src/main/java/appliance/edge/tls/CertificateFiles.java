package appliance.edge.tls;

import appliance.runtime.FileTrouble;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates from PEM files, looked at again and again: what is new and good is taken, a file that is
 * bad, or over, leaves its old certificate in use and is told once. {@link #look} is called by one thread, the
 * rest by any.
 *
 * <p>A file holds a chain and its key, or the key lies beside it: {@code NAME.key}, or {@code
 * privkey.pem} beside {@code fullchain.pem}, as certbot writes them. Of a folder all such files are
 * taken, and of its folders, one deep.
 */
public final class CertificateFiles implements CertificateSource {

  private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);

  private static final int FILES_MAX = 10_000;

  private final List<Path> places;
  private @Nullable Map<Path, Object> seen;
  private volatile CertificateStore store = new CertificateStore(List.of());
  private volatile String problem = "";

  /**
   * @param places files or folders, in the order in which they count
   */
  public CertificateFiles(List<Path> places) {
    this.places = List.copyOf(places);
  }

  /** Reads the files if any of them has changed since the last look. */
  public void look() {
    Map<Path, Object> now = stamps();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    List<Certificate> found = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path place : places) {
      for (Path file : chains(place)) {
        take(file, found, problems);
      }
    }
    if (found.isEmpty() && problems.isEmpty()) {
      problems.add("there is no certificate in " + places);
    }
    problem = String.join("; ", problems);
    if (!found.isEmpty()) {
      store = new CertificateStore(found);
      found.forEach(certificate -> log.info("Certificate {}", certificate));
    }
    if (!problems.isEmpty()) {
      log.error(
          "Certificates that cannot be used, older ones are kept where there are any: {}", problem);
    }
  }

  private void take(Path file, List<Certificate> found, List<String> problems) {
    try {
      Certificate read = read(file);
      Optional<Certificate> better = read.valid() ? Optional.empty() : validOne(file);
      if (!read.valid()) {
        problems.add(read + " is not valid now: renew it, or set this machine's clock");
      }
      found.add(better.orElse(read));
    } catch (IOException | GeneralSecurityException e) {
      problems.add(file
          + (e instanceof IOException
              ? " cannot be read (" + FileTrouble.of(e) + ")"
              : ": " + e.getMessage()));
      inUse(file).forEach(found::add);
    }
  }

  private Stream<Certificate> inUse(Path file) {
    return store.all().stream().filter(c -> c.origin().equals(file.toString()));
  }

  private Optional<Certificate> validOne(Path file) {
    return inUse(file).filter(Certificate::valid).findFirst();
  }

  /** Whether there is one to serve with. */
  public boolean any() {
    return !store.all().isEmpty();
  }

  /** Why the files as they are now are not in use; empty if they are. */
  public String problem() {
    return problem;
  }

  /** Which of those that clients are shown end soon, for the operator; empty if none does. */
  public String endingSoon(Instant now) {
    CertificateStore known = store;
    return known.all().stream()
        .filter(certificate -> certificate.endsSoon(now) && known.shows(certificate))
        .map(Certificate::toString)
        .collect(Collectors.joining("; "));
  }

  /** When the first of those in use ends; empty if there is none. */
  public Optional<Instant> end() {
    return store.all().stream().map(Certificate::end).min(Instant::compareTo);
  }

  @Override
  public Optional<Certificate> find(@Nullable String serverName, String keyType) {
    return store.find(serverName, keyType);
  }

  private Map<Path, Object> stamps() {
    Map<Path, Object> stamps = new TreeMap<>();
    for (Path place : places) {
      for (Path file : files(place)) {
        stamps.put(file, stamp(file));
      }
    }
    return stamps;
  }

  /** Links are followed: certbot's lead to files with a new name at each renewal. */
  private static Object stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
    } catch (IOException e) {
      return "unreadable";
    }
  }

  /** The files that count at a place, keys included. */
  private static Set<Path> files(Path place) {
    Set<Path> files = new TreeSet<>();
    if (!Files.isDirectory(place)) {
      files.add(place);
      keyFile(place).ifPresent(files::add);
      return files;
    }
    for (Path entry : entries(place)) {
      if (Files.isDirectory(entry)) {
        entries(entry).stream().filter(Files::isRegularFile).forEach(files::add);
      } else {
        files.add(entry);
      }
    }
    return files;
  }

  private static List<Path> entries(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
      for (Path entry : listing) {
        boolean hidden = entry.getFileName().toString().startsWith(".");
        if (!hidden && entries.size() < FILES_MAX) {
          entries.add(entry);
        }
      }
    } catch (IOException e) {
      log.warn("The folder of certificates {} cannot be read", folder, e);
    }
    return entries;
  }

  /** The files of a place that a chain is expected in. */
  private static List<Path> chains(Path place) {
    return Files.isDirectory(place)
        ? files(place).stream().filter(CertificateFiles::isChain).toList()
        : List.of(place);
  }

  /** In certbot's folders the chain is {@code fullchain.pem}; the others hold parts of it. */
  private static boolean isChain(Path file) {
    String name = file.getFileName().toString();
    if (Files.exists(file.resolveSibling("privkey.pem"))) {
      return name.equals("fullchain.pem");
    }
    return name.endsWith(".pem") || name.endsWith(".crt") || name.endsWith(".cer");
  }

  private static Certificate read(Path file) throws IOException, GeneralSecurityException {
    PemFile pem = PemFile.read(file);
    if (pem.chain().isEmpty()) {
      throw new GeneralSecurityException("holds no CERTIFICATE");
    }
    List<PemFile.Key> keys = pem.keys();
    Optional<Path> beside = keyFile(file);
    if (keys.isEmpty() && beside.isPresent()) {
      keys = PemFile.read(beside.get()).keys();
    }
    if (keys.size() != 1) {
      throw new GeneralSecurityException(
          "holds no private key, and neither does a file beside it: " + keyName(file));
    }
    var certified = pem.chain().get(0).getPublicKey();
    return new Certificate(pem.chain(), PrivateKeys.read(keys.get(0), certified), file.toString());
  }

  private static Optional<Path> keyFile(Path file) {
    return Optional.of(file.resolveSibling(keyName(file))).filter(Files::exists);
  }

  private static String keyName(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return name.equals("fullchain.pem")
        ? "privkey.pem"
        : (dot < 0 ? name : name.substring(0, dot)) + ".key";
  }
}
