package appliance.edge.listener;

/**
 * Tells of what an HTTP/2 client sent that is no request, for the access log and the counters: each refused
 * stream, and once what ends the connection. Belongs to the connection's I/O thread.
 */
final class Http2Refusals {

  private final Runnable told;
  private boolean over;

  Http2Refusals(Runnable told) {
    this.told = told;
  }

  /** One stream was refused; the others go on. */
  void stream() {
    if (!over) {
      told.run();
    }
  }

  /** The connection ends for it; what Undertow says of that afterwards is no news. */
  void connection() {
    stream();
    over = true;
  }

  /**
   * The error code of a RST_STREAM or GOAWAY that is sent (RFC 9113, section 7), if it is about what the
   * client sent, not about a node or an application that cannot go on.
   */
  static boolean clientsFault(int code) {
    return switch (code) {
      case 1, 3, 6, 9, 11 ->
        true; // PROTOCOL, FLOW_CONTROL, FRAME_SIZE, COMPRESSION, ENHANCE_YOUR_CALM
      default -> false;
    };
  }
}
