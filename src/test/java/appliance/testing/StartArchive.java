package appliance.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The archive of the jar's classes, with which a node starts with a quarter less work, as {@code
 * dist/appliance} uses it. The property {@code appliance.archive} names the file; without it nodes start
 * without one.
 */
public final class StartArchive {

  private static final String FILE = System.getProperty("appliance.archive", "");

  private StartArchive() {}

  /** What a JVM that runs the jar is given; nothing, if no archive could be made. */
  public static List<String> options() {
    return FILE.isEmpty() || !Made.GOOD
        ? List.of()
        : List.of("-XX:SharedArchiveFile=" + FILE, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
  }

  /** Looked at once, made if it is missing or not this jar's. */
  private static final class Made {
    private static final boolean GOOD = make();

    private static boolean make() {
      Finished made = Finished.of(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-jar",
              NodeProcess.jar().toString(),
              "archive",
              "--file",
              FILE),
          Map.of(),
          Path.of(FILE).resolveSibling("scenario"));
      LoggerFactory.getLogger(StartArchive.class).info("{}", made.output());
      return made.exitCode() == 0;
    }
  }
}
