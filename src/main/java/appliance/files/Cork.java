package appliance.files;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;

/**
 * Linux's TCP_CORK (tcp(7)) on a client's plain connection: while it is put, only whole segments leave,
 * so that an answer's head does not travel alone before its file. nginx has it as {@code tcp_nopush}.
 *
 * <p>Java knows no such socket option; this sets it as Java sets its own, for which the jar's manifest
 * opens {@code sun.nio.ch}. Where that is closed, answers are sent as well, only slower. A cork that stays
 * by mistake costs 200 ms at most, as the kernel sends then what it holds back.
 */
final class Cork {

  private static final Logger log = LoggerFactory.getLogger(Cork.class);

  /** From linux/in.h and linux/tcp.h. */
  private static final int IPPROTO_TCP = 6;

  private static final int TCP_CORK = 3;

  private static final @Nullable Cork CORK = find();

  private final MethodHandle channel;
  private final MethodHandle descriptor;
  private final MethodHandle setOption;

  private Cork(MethodHandle channel, MethodHandle descriptor, MethodHandle setOption) {
    this.channel = channel;
    this.descriptor = descriptor;
    this.setOption = setOption;
  }

  private static @Nullable Cork find() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return null;
    }
    try {
      return new Cork(
          handle("org.xnio.nio.NioSocketStreamConnection", "getChannel"),
          handle("sun.nio.ch.SelChImpl", "getFD"),
          handle(
              "sun.nio.ch.Net",
              "setIntOption0",
              FileDescriptor.class,
              boolean.class, // whether it is one of Java's own
              int.class,
              int.class,
              int.class,
              boolean.class)); // whether it is one of IPv6
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.debug("This JVM sets no TCP_CORK", e);
      return null;
    }
  }

  private static MethodHandle handle(String type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    Method method = Class.forName(type).getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return MethodHandles.lookup().unreflect(method);
  }

  /** Whether it is put now; it is not on TLS, where records have their own lengths, nor on HTTP/2. */
  static boolean put(HttpServerExchange exchange) {
    return set(exchange, 1);
  }

  /** Sends what it held back. */
  static void pull(HttpServerExchange exchange) {
    set(exchange, 0);
  }

  private static boolean set(HttpServerExchange exchange, int value) {
    if (CORK == null || !(exchange.getConnection() instanceof HttpServerConnection http)) {
      return false;
    }
    StreamConnection connection = http.getChannel();
    return connection.getClass().equals(CORK.channel.type().parameterType(0))
        && CORK.set(connection, value);
  }

  private boolean set(StreamConnection connection, int value) {
    try {
      SocketChannel socket = (SocketChannel) channel.invoke(connection);
      FileDescriptor file = (FileDescriptor) descriptor.invoke(socket);
      setOption.invoke(file, false, IPPROTO_TCP, TCP_CORK, value, false);
      return true;
    } catch (IOException | RuntimeException e) {
      log.debug("A client's connection takes no TCP_CORK; it may be broken", e);
      return false;
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("none of the three declares another one", e);
    }
  }
}
