package appliance.cluster.raft;

import appliance.trust.TlsServerSocket;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jgroups.util.DefaultSocketFactory;

/**
 * The group's sockets: every one of its TCP connections is with a key that this node trusts. The library
 * asks for unconnected sockets only, and for one port.
 */
final class MemberSockets extends DefaultSocketFactory {

  private final Trust trust;

  MemberSockets(Trust trust) {
    this.trust = trust;
  }

  @Override
  public Socket createSocket(String service) {
    return trust.socket();
  }

  @Override
  public Socket createSocket(String service, InetAddress to, int port) throws IOException {
    Socket socket = trust.socket();
    socket.connect(new InetSocketAddress(to, port));
    return socket;
  }

  @Override
  public Socket createSocket(String service, String host, int port) throws IOException {
    return createSocket(service, InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(
      String service, InetAddress to, int port, InetAddress from, int fromPort) throws IOException {
    Socket socket = trust.socket();
    socket.bind(new InetSocketAddress(from, fromPort));
    socket.connect(new InetSocketAddress(to, port));
    return socket;
  }

  @Override
  public Socket createSocket(String service, String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return createSocket(service, InetAddress.getByName(host), port, from, fromPort);
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    return trust.serverSocket();
  }

  @Override
  public ServerSocket createServerSocket(String service, int port) throws IOException {
    return createServerSocket(service, port, 0);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog) throws IOException {
    return bound(new InetSocketAddress(port), backlog);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog, InetAddress bind)
      throws IOException {
    return bound(new InetSocketAddress(bind, port), backlog);
  }

  private ServerSocket bound(InetSocketAddress address, int backlog) throws IOException {
    TlsServerSocket socket = trust.serverSocket();
    socket.bind(address, backlog);
    return socket;
  }
}
