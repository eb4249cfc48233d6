package appliance.edge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A closed loop of clients on kept connections that counts every answer but 200 as failed. */
final class Load {

  final AtomicInteger done = new AtomicInteger();
  final AtomicInteger failed = new AtomicInteger();
  final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private final int port;
  private final int clients;
  private final AtomicInteger left;

  Load(int port, int clients, int requests) {
    this.port = port;
    this.clients = clients;
    left = new AtomicInteger(requests);
  }

  Thread start() {
    Thread thread = new Thread(this::run, "load");
    thread.start();
    return thread;
  }

  void stop() {
    left.set(0);
  }

  void run() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Thread thread = new Thread(this::client, "load-client");
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void client() {
    while (left.get() > 0) {
      try (RawClient client = new RawClient(port)) {
        while (left.getAndDecrement() > 0) {
          client.send("GET /load HTTP/1.1\r\nHost: site.example\r\n\r\n");
          RawClient.Reply reply = client.reply();
          done.incrementAndGet();
          if (reply.status() != 200 || !reply.whole()) {
            fail(reply.head() + reply.text());
          }
          if (reply.status() == 0 || reply.has("Connection: close")) {
            break;
          }
        }
      } catch (IOException e) {
        fail(e.toString());
      }
    }
  }

  private void fail(String how) {
    failed.incrementAndGet();
    firstFailure.compareAndSet("", how);
  }
}
