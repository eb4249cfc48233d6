package appliance.testing.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Breaks a cluster of real nodes for a while and ends with the checker's verdict; {@code scripts/chaos}
 * starts it. Arguments: seed, minutes, nodes, safe or fast, folder. Exit code 0 if nothing was broken.
 */
public final class Chaos {

  private Chaos() {}

  public static void main(String[] args) throws IOException {
    long seed = Long.parseLong(args[0]);
    long minutes = Long.parseLong(args[1]);
    Path folder = Path.of(args[4]).toAbsolutePath();
    Files.createDirectories(folder);
    boolean clean = run(seed, minutes, Integer.parseInt(args[2]), args[3], folder);
    System.exit(clean ? 0 : 1);
  }

  private static boolean run(long seed, long minutes, int count, String failover, Path folder) {
    say("seed " + seed + ", " + minutes + " minutes, " + count + " nodes, " + failover
        + ", logs in " + folder);
    try (Hosts hosts = Hosts.up(count);
        Disks disks = new Disks(folder, count);
        LabCluster cluster =
            new LabCluster(hosts, folder, List.of("--failover", failover)).start(30)) {
      Nemesis nemesis = new Nemesis(cluster, disks, seed, Chaos::say);
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
      int strikes = 0;
      boolean recovers = true;
      while (System.nanoTime() - end < 0 && recovers) {
        nemesis.strike();
        strikes++;
        recovers = strikes % 5 != 0 || recovers(cluster);
      }
      nemesis.mend();
      recovers = recovers && recovers(cluster);
      Checker.Verdict verdict = cluster.verdict();
      say("seed " + seed + ", " + strikes + " strikes, " + count + " nodes: " + verdict);
      return verdict.clean() && recovers;
    }
  }

  /** Whether all nodes take writes again, with everything mended. */
  private static boolean recovers(LabCluster cluster) {
    try {
      cluster.awaitWrites();
      return true;
    } catch (AssertionError e) {
      say("BROKEN: with all mended it does not recover: " + e.getMessage());
      return false;
    }
  }

  private static void say(String line) {
    System.out.println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS) + " " + line);
  }
}
