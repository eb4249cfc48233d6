package appliance.edge.client;

import appliance.edge.io.Opener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** How many connections an address may have open at a time. Any thread. */
final class ConnectionQuota {

  private static final Logger log = LoggerFactory.getLogger(ConnectionQuota.class);

  private static final String REFUSAL = String.join(
      "\r\n",
      "HTTP/1.1 429 Too Many Requests",
      "Retry-After: 1",
      "Connection: close",
      "Content-Type: text/plain",
      "Content-Length: 26",
      "",
      "429: too many connections.");

  /** Open connections of each address; those that were closed meanwhile are taken out when it matters. */
  private final ConcurrentHashMap<Long, List<StreamConnection>> open = new ConcurrentHashMap<>();

  private final int max;
  private final Predicate<InetAddress> exempt;
  final LongAdder refused = new LongAdder();

  /**
   * @param exempt proxies, which come for many clients
   */
  ConnectionQuota(int max, Predicate<InetAddress> exempt) {
    this.max = max;
    this.exempt = exempt;
  }

  /** Counts the connections that go to {@code next}; those beyond are closed, in plain HTTP with a 429. */
  Opener before(Opener next, boolean plain) {
    return new Opener() {
      @Override
      public void opened(StreamConnection connection) {
        if (admits(connection)) {
          next.opened(connection);
        } else {
          refuse(connection, plain);
        }
      }

      @Override
      public void closeConnections() {
        next.closeConnections();
      }
    };
  }

  private boolean admits(StreamConnection connection) {
    InetAddress peer = connection.getPeerAddress(InetSocketAddress.class).getAddress();
    if (peer == null || exempt.test(peer)) {
      return true;
    }
    boolean[] admitted = new boolean[1];
    open.compute(ClientKey.of(peer), (key, known) -> {
      List<StreamConnection> mine = known == null ? new ArrayList<>() : known;
      if (mine.size() >= max) {
        mine.removeIf(each -> !each.isOpen());
      }
      admitted[0] = mine.size() < max;
      if (admitted[0]) {
        mine.add(connection);
      }
      return mine;
    });
    return admitted[0];
  }

  private void refuse(StreamConnection connection, boolean plain) {
    refused.increment();
    try {
      if (plain) {
        connection
            .getSinkChannel()
            .write(ByteBuffer.wrap(REFUSAL.getBytes(StandardCharsets.US_ASCII)));
      }
    } catch (IOException e) {
      log.debug("A client left before it was refused", e);
    } finally {
      IoUtils.safeClose(connection);
    }
  }

  /** Forgets what is closed; to be called now and then. */
  void sweep() {
    for (Long key : open.keySet()) {
      open.computeIfPresent(key, (same, mine) -> {
        mine.removeIf(each -> !each.isOpen());
        return mine.isEmpty() ? null : mine;
      });
    }
  }
}
