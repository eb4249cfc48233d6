package appliance.trust;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A handshake of this node with itself, in memory. The first one in a JVM takes a third of a second, most
 * of it to load classes; had while the rest of the node is being made, the first one with a peer is quick.
 */
final class TlsWarmUp {

  /** A handshake takes some thirty. */
  private static final int STEPS_MAX = 200;

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer toServer;
  private final ByteBuffer toClient;
  private final ByteBuffer received;

  TlsWarmUp(Tls tls) {
    client = engine(tls, true);
    server = engine(tls, false);
    toServer = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    toClient = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    received = ByteBuffer.allocate(client.getSession().getApplicationBufferSize());
  }

  private static SSLEngine engine(Tls tls, boolean client) {
    SSLEngine engine = tls.context().createSSLEngine("localhost", 1);
    engine.setUseClientMode(client);
    engine.setSSLParameters(tls.parameters());
    return engine;
  }

  /** Returns whether both ends have agreed. */
  boolean run() throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < STEPS_MAX && !isOver(); i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    return isOver();
  }

  private boolean isOver() {
    return client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
        && server.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        in.flip();
        engine.unwrap(in, received);
        in.compact();
      }
    }
  }
}
