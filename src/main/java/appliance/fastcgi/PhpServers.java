package appliance.fastcgi;

import appliance.buffer.AnswerMemory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * What this node's sites share: for each php-fpm one number of connections, whichever sites use it, as its children
 * are one number, too; and for the answers of all one memory. Any thread.
 */
public final class PhpServers {

  final AnswerMemory memory = AnswerMemory.own();
  private final Map<PhpAddress, Share> shares = new ConcurrentHashMap<>();

  /**
   * What one php-fpm is granted.
   *
   * @param checks how many calls that only ask how php is are with it now
   * @param sites that use it, by their names
   */
  record Share(
      int connectionsMax, ConnectionBudget budget, AtomicInteger checks, Set<String> sites) {

    private Share(int connectionsMax) {
      this(
          connectionsMax,
          new ConnectionBudget(connectionsMax),
          new AtomicInteger(),
          new ConcurrentSkipListSet<>());
    }

    /** The names of the sites that use it besides {@code site}. */
    String sharedWith(String site) {
      return sites.stream().filter(other -> !other.equals(site)).collect(Collectors.joining(", "));
    }
  }

  /**
   * @throws IllegalArgumentException if another site grants the same php another number of connections
   */
  Share share(PhpAddress address, FastCgiLimits limits, String site) {
    int connectionsMax = limits.connectionsMax();
    Share share = shares.computeIfAbsent(address, first -> new Share(connectionsMax));
    if (share.connectionsMax != connectionsMax) {
      throw new IllegalArgumentException(site + " grants " + address + " " + connectionsMax
          + " connections, but " + String.join(", ", share.sites) + " " + share.connectionsMax
          + ": sites that use the same php have one number");
    }
    share.sites.add(site);
    return share;
  }
}
