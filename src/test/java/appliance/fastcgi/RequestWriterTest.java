package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** How a request is written. */
final class RequestWriterTest {

  /** A client that is always faster. */
  private static final Body ENDLESS = new Body() {
    @Override
    public long length() {
      return Long.MAX_VALUE;
    }

    @Override
    public int read(ByteBuffer to) {
      int n = to.remaining();
      to.position(to.limit());
      return n;
    }

    @Override
    public void whenReadable(Runnable reader) {
      throw new IllegalStateException("it always is");
    }

    @Override
    public boolean untouched() {
      return false;
    }

    @Override
    public void close() {}
  };

  /** A php that takes whatever comes. */
  private static final class Eager implements WritableByteChannel {

    private final AtomicLong taken = new AtomicLong();

    @Override
    public int write(ByteBuffer from) {
      int n = from.remaining();
      from.position(from.limit());
      taken.addAndGet(n);
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void an_upload_that_never_pauses_lets_others_of_its_thread_have_their_turn() throws Exception {
    XnioWorker worker = Xnio.getInstance()
        .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.THREAD_DAEMON, true));
    Eager php = new Eager();
    AtomicReference<IOException> failed = new AtomicReference<>();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        StreamConnection connection = worker
            .openStreamConnection(
                new InetSocketAddress(server.getInetAddress(), server.getLocalPort()),
                null,
                OptionMap.EMPTY)
            .get()) {
      Link link = new Link(connection, connection.getSourceChannel(), php);
      RequestWriter writer = new RequestWriter(link, () -> {}, failed::set);
      connection.getIoThread().execute(() -> {
        link.listen(() -> {}, writer::writable);
        try {
          writer.begin(new Parameters(), ENDLESS);
        } catch (IOException e) {
          failed.set(e);
        }
      });
      for (int i = 0; i < 3; i++) {
        long before = php.taken.get();
        CountDownLatch turn = new CountDownLatch(1);
        connection.getIoThread().execute(turn::countDown);
        assertTrue(turn.await(60, TimeUnit.SECONDS), "nobody else had a turn within 60 s");
        Await.until("the upload goes on as well", () -> php.taken.get() > before);
      }
      assertEquals(null, failed.get());
    } finally {
      worker.shutdownNow();
      assertTrue(worker.awaitTermination(60, TimeUnit.SECONDS));
    }
  }
}
