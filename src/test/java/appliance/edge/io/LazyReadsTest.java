package appliance.edge.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/** What is read of a connection while nobody wants what it says, on a real socket. */
final class LazyReadsTest {

  private static final int KEPT_MAX = 4096;

  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger gone = new AtomicInteger();
  private XnioWorker worker;
  private AcceptingChannel<StreamConnection> server;
  private Socket client;
  private StreamConnection connection;
  private LazyReads reads;

  /** Counts how often the socket tells that there is something to read. */
  private final class Counted extends AbstractStreamSourceConduit<StreamSourceConduit> {

    Counted(StreamSourceConduit next) {
      super(next);
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
      super.setReadReadyHandler(new ReadReadyHandler() {
        @Override
        public void readReady() {
          told.incrementAndGet();
          handler.readReady();
        }

        @Override
        public void forceTermination() {
          handler.forceTermination();
        }

        @Override
        public void terminated() {
          handler.terminated();
        }
      });
    }
  }

  @BeforeEach
  void connect() throws Exception {
    worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
    BlockingQueue<StreamConnection> accepted = new LinkedBlockingQueue<>();
    server = worker.createStreamConnectionServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        ChannelListeners.openListenerAdapter(accepted::add),
        OptionMap.EMPTY);
    server.resumeAccepts();
    client = new Socket(
        InetAddress.getLoopbackAddress(),
        server.getLocalAddress(InetSocketAddress.class).getPort());
    connection = accepted.take();
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    source.setConduit(new Counted(source.getConduit()));
    reads = on(() -> LazyReads.install(connection));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    IoUtils.safeClose(connection, server);
    worker.shutdownNow();
  }

  private <T> T on(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    connection.getIoThread().execute(future);
    return future.get();
  }

  private void watch() throws Exception {
    on(() -> {
      reads.watch(gone::incrementAndGet);
      return 0;
    });
  }

  /** Its thread looks at the socket before each of these. */
  private void assertNotToldAgain() throws Exception {
    on(told::get);
    int before = on(told::get);
    for (int i = 0; i < 50; i++) {
      on(told::get);
    }
    assertEquals(before, told.get());
  }

  private byte[] send(int bytes) throws IOException {
    byte[] sent = new byte[bytes];
    new Random(bytes).nextBytes(sent);
    client.getOutputStream().write(sent);
    return sent;
  }

  /** All that comes till the end, asked for as Undertow does. */
  private byte[] rest() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    AtomicInteger ended = new AtomicInteger();
    on(() -> {
      connection.getSourceChannel().setReadListener(source -> read(source, all, ended));
      connection.getSourceChannel().resumeReads();
      return 0;
    });
    Await.until("the end", () -> ended.get() == 1);
    return all.toByteArray();
  }

  private static void read(
      ConduitStreamSourceChannel source, ByteArrayOutputStream to, AtomicInteger ended) {
    ByteBuffer piece = ByteBuffer.allocate(1000);
    try {
      int read = source.read(piece);
      to.write(piece.array(), 0, Math.max(read, 0));
      if (read < 0) {
        source.suspendReads();
        ended.incrementAndGet();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3000, KEPT_MAX - 1})
  void the_end_is_found_behind_what_comes_before_and_nothing_is_lost(int bytes) throws Exception {
    watch();
    byte[] sent = send(bytes);
    assertEquals(0, gone.get());
    client.close();
    Await.until("found", () -> gone.get() == 1);
    assertNotToldAgain();
    assertArrayEquals(sent, rest());
    assertEquals(1, gone.get());
  }

  @Test
  void a_connection_that_says_too_much_is_not_read_on_and_nothing_is_lost() throws Exception {
    watch();
    byte[] sent = send(100_000);
    Await.until("it is told", () -> told.get() > 1);
    client.shutdownOutput();
    assertNotToldAgain();
    watch();
    assertNotToldAgain();
    assertEquals(0, gone.get());
    assertArrayEquals(sent, rest());
  }

  @Test
  void a_connection_that_is_not_watched_is_not_read() throws Exception {
    watch();
    on(() -> {
      reads.unwatch();
      return 0;
    });
    byte[] sent = send(10);
    client.shutdownOutput();
    on(() -> {
      connection.getSourceChannel().suspendReads();
      return 0;
    });
    assertNotToldAgain();
    assertEquals(0, gone.get());
    assertArrayEquals(sent, rest());
  }

  @Test
  void a_broken_connection_is_found() throws Exception {
    watch();
    client.setSoLinger(true, 0);
    client.close();
    Await.until("found", () -> gone.get() == 1);
    assertNotToldAgain();
  }
}
