package appliance.edge.io;

import appliance.edge.http.Layer;
import io.undertow.conduits.IdleTimeoutConduit;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Stands upon TLS, and knows what TLS stands upon: the way down does not lead through TLS itself, nor through
 * Undertow's timer for connections on which nothing moves, which is beneath for that reason.
 */
public final class TlsReads extends AbstractStreamSourceConduit<StreamSourceConduit>
    implements Layer {

  private final LazyReads below;

  private TlsReads(StreamSourceConduit next, LazyReads below) {
    super(next);
    this.below = below;
  }

  /**
   * Puts itself and the timer above all that is on {@code secure} so far; Undertow's listener is not to have
   * another timer.
   *
   * @param below what the connection beneath is read by
   */
  public static void install(StreamConnection secure, LazyReads below) {
    IdleTimeoutConduit timer = new IdleTimeoutConduit(secure);
    secure.getSinkChannel().setConduit(timer);
    secure.getSourceChannel().setConduit(new TlsReads(timer, below));
    timer.setIdleTimeout(EdgeLimits.IDLE_MILLIS_MAX);
  }

  @Override
  public StreamSourceConduit below() {
    return below;
  }
}
