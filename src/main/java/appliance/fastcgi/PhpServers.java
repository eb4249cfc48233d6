package appliance.fastcgi;

import appliance.buffer.AnswerMemory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

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
   */
  record Share(ConnectionBudget budget, AtomicInteger checks) {}

  /** The number of connections of the first one that asks for an address holds for all that follow. */
  Share share(PhpAddress address, FastCgiLimits limits) {
    return shares.computeIfAbsent(
        address,
        first -> new Share(new ConnectionBudget(limits.connectionsMax()), new AtomicInteger()));
  }
}
