package appliance.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes certificates as operators have them, by openssl. */
public final class Certificates {

  private Certificates() {}

  /** Writes {@code NAME.pem} and {@code NAME.key} (PKCS #8, EC) for the hosts; returns the first. */
  public static Path make(Path folder, String name, String... hosts) {
    return make(folder, name, List.of("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"), hosts);
  }

  /** The same with a key of RSA. */
  public static Path makeRsa(Path folder, String name, String... hosts) {
    return make(folder, name, List.of("rsa:2048"), hosts);
  }

  private static Path make(Path folder, String name, List<String> key, String... hosts) {
    Path chain = folder.resolve(name + ".pem");
    String names = Arrays.stream(hosts).map(h -> "DNS:" + h).collect(Collectors.joining(","));
    List<String> command = new java.util.ArrayList<>(List.of("req", "-x509", "-nodes", "-newkey"));
    command.addAll(key);
    command.addAll(List.of(
        "-days",
        "30",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=" + names,
        "-keyout",
        folder.resolve(name + ".key").toString(),
        "-out",
        chain.toString()));
    openssl(folder, command);
    return chain;
  }

  /** Runs openssl; what it wrote. */
  public static String openssl(Path folder, List<String> arguments) {
    Finished run = openssl(arguments, folder);
    if (run.exitCode() != 0) {
      throw new AssertionError("openssl " + arguments + ": " + run.output());
    }
    return run.output();
  }

  /** The same, whatever becomes of it. */
  public static Finished openssl(List<String> arguments, Path folder) {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    return Finished.of(command, Map.of(), folder);
  }

  /** Puts {@code from} in the place of {@code to}, as a renewal does. */
  public static void replace(Path from, Path to) throws IOException {
    Files.move(
        from,
        to,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
