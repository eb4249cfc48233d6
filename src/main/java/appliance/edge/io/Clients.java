package appliance.edge.io;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clients' connections of one I/O thread, to close those on which nothing moves: a mark for each
 * read and write and a look now and then cost less than a timer for each request.
 */
public final class Clients {

  /** Between two calls of {@link #sweep}. */
  public static final int SWEEP_SECONDS = 60;

  private static final int QUIET_SWEEPS_MAX = EdgeLimits.IDLE_MILLIS_MAX / 1000 / SWEEP_SECONDS;

  /** A connection in the eyes of the sweep. */
  interface Client {

    /** Returns for how many sweeps, this one included, nothing has moved. */
    int quietSweeps();

    void close();
  }

  private final Set<Client> all = ConcurrentHashMap.newKeySet();

  void add(Client client) {
    all.add(client);
  }

  void remove(Client client) {
    all.remove(client);
  }

  /** To be called every {@link #SWEEP_SECONDS}, on the I/O thread. */
  public void sweep() {
    for (Client client : all) {
      if (client.quietSweeps() > QUIET_SWEEPS_MAX) {
        client.close(); // which removes it
      }
    }
  }
}
