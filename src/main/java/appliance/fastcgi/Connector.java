package appliance.fastcgi;

import java.io.IOException;
import org.xnio.XnioIoThread;

/** Opens connections to php. */
interface Connector {

  /** What became of it; called once, on the I/O thread, perhaps before {@link #connect} returns. */
  interface Outcome {
    void opened(Link link);

    void failed(IOException why);
  }

  void connect(XnioIoThread thread, Outcome outcome);

  /**
   * Blocks for a while at most.
   *
   * @throws IOException if php takes no connection
   */
  void check() throws IOException;
}
