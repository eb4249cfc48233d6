package appliance.edge.http;

import org.xnio.conduits.StreamSourceConduit;

/** What stands on another one, between a socket and who reads from its connection. */
@FunctionalInterface
public interface Layer {

  /** The next one on the way down to the socket. */
  StreamSourceConduit below();
}
