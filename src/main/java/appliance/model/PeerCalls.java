package appliance.model;

import java.io.IOException;

/** Calls other nodes; blocking, with a connect timeout and a limit on silence. */
@FunctionalInterface
public interface PeerCalls {

  /**
   * @param route the prefix under which the callee registered its {@link PeerRoute}
   * @return the answer, whatever its status; to be closed
   * @throws IOException if the node is unknown, unreachable or fell silent
   */
  PeerReply call(NodeId node, String route, PeerRequest request) throws IOException;
}
