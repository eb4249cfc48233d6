package appliance.edge.io;

import org.xnio.StreamConnection;

/** What becomes of the connections that a port accepts. */
public interface Opener {

  /** Takes a new connection, on its I/O thread. */
  void opened(StreamConnection connection);

  /** Closes those that are still open. */
  void closeConnections();
}
