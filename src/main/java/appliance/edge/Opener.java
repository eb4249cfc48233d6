package appliance.edge;

import org.xnio.StreamConnection;

/** What becomes of the connections that a port accepts. */
interface Opener {

  /** Takes a new connection, on its I/O thread. */
  void opened(StreamConnection connection);

  /** Closes those that are still open. */
  void closeConnections();
}
