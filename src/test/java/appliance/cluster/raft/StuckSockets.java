package appliance.cluster.raft;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jgroups.util.DefaultSocketFactory;
import org.jgroups.util.Util;

/** Sockets to somebody who takes nothing any more, once told so: a write ends only when its socket is closed. */
final class StuckSockets extends DefaultSocketFactory {

  private final CountDownLatch writing = new CountDownLatch(1);
  private final Collection<Socket> all = new ConcurrentLinkedQueue<>();
  private volatile boolean stuck;

  /** From now on no write ends. */
  void stick() {
    stuck = true;
  }

  /** Returns when a write waits. */
  void awaitWrite() throws InterruptedException {
    writing.await();
  }

  /** Ends every write that waits. */
  void closeAll() {
    for (Socket socket : all) {
      Util.close(socket);
    }
  }

  private Stuck made() {
    Stuck socket = new Stuck();
    all.add(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String service) {
    return made();
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    return new ServerSocket() {
      @Override
      public Socket accept() throws IOException {
        Stuck accepted = made();
        implAccept(accepted);
        return accepted;
      }
    };
  }

  private final class Stuck extends Socket {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          awaitRoom();
          out.write(bytes, offset, length);
        }
      };
    }

    private void awaitRoom() throws IOException {
      if (!stuck) {
        return;
      }
      writing.countDown();
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("closed");
    }

    @Override
    public synchronized void close() throws IOException {
      super.close();
      closed.countDown();
    }
  }
}
