package appliance.model;

import java.io.IOException;

/** Answers the calls of other nodes below one prefix; runs on a worker thread and may block. */
@FunctionalInterface
public interface PeerRoute {

  /**
   * @throws IOException if no answer can be given; the caller then sees status 500
   */
  PeerReply handle(PeerRequest request) throws IOException;
}
