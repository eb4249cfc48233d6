package appliance.fastcgi;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * Connects to a unix socket, and has the request's own I/O thread watch it.
 *
 * <p>XNIO opens internet sockets only, but its threads can watch any of the JDK's channels. The two
 * members that do so are not public; {@code docs/decisions.md} tells why they are used all the same. A
 * test fails should a later XNIO lack them.
 */
final class UnixConnector implements Connector {

  private final UnixDomainSocketAddress address;
  private final Method register;
  private final Constructor<?> watch;

  /**
   * @throws IllegalStateException if this XNIO has no such members
   */
  UnixConnector(UnixDomainSocketAddress address) {
    this.address = address;
    try {
      Class<?> thread = Class.forName("org.xnio.nio.WorkerThread");
      register = thread.getDeclaredMethod("registerChannel", AbstractSelectableChannel.class);
      register.setAccessible(true);
      watch = Class.forName("org.xnio.nio.NioSocketStreamConnection")
          .getDeclaredConstructor(
              thread, SelectionKey.class, Class.forName("org.xnio.nio.ChannelClosed"));
      watch.setAccessible(true);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "this version of XNIO cannot watch unix sockets; have php-fpm listen on TCP", e);
    }
  }

  /** A unix socket connects at once or not at all; EAGAIN, which the JDK words so, is a full backlog. */
  private void connect(SocketChannel channel) throws IOException {
    try {
      if (!channel.connect(address)) {
        throw new BacklogFull();
      }
    } catch (SocketException e) {
      throw "Resource temporarily unavailable".equals(e.getMessage()) ? new BacklogFull() : e;
    }
  }

  @Override
  public void connect(XnioIoThread thread, Outcome outcome) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      connect(channel);
      Object key = register.invoke(thread, channel);
      StreamConnection connection = (StreamConnection) watch.newInstance(thread, key, null);
      outcome.opened(new Link(connection, channel, channel));
    } catch (IOException e) {
      IoUtils.safeClose(channel);
      outcome.failed(e);
    } catch (ReflectiveOperationException e) {
      IoUtils.safeClose(channel);
      outcome.failed(new IOException(
          e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e));
    }
  }

  /** Without blocking: a full backlog would hold a blocking connect for as long as it is full. */
  @Override
  public void check() throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.connect(address);
    }
  }
}
