package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.AppLimits;
import appliance.config.HttpsConfig;
import appliance.edge.upstream.UpstreamLimits;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An application that keeps its clients waiting, and sees what becomes of their requests. */
final class WaitingApp implements AutoCloseable {

  static final String PLAIN = "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Lets all go on that wait. */
  final CountDownLatch release = new CountDownLatch(1);

  /** Requests that wait, with all of their body. */
  final AtomicInteger arrived = new AtomicInteger();

  /** Requests whose connections have ended before their answer. */
  final AtomicInteger brokenOff = new AtomicInteger();

  /** Requests whose connections were still open when they were released. */
  final AtomicInteger wentOn = new AtomicInteger();

  final RawApp app = new RawApp(this::answer);

  private void answer(RawApp.Request request) throws IOException, InterruptedException {
    if (request.path().startsWith("/slow")) {
      awaitEnd(request);
    } else if (request.path().startsWith("/streams")) {
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning");
      awaitEnd(request);
    } else if (request.path().startsWith("/wait")) {
      byte[] body = request.body();
      arrived.incrementAndGet();
      release.await();
      if (!isOpen(request.socket())) {
        return;
      }
      wentOn.incrementAndGet();
      request.ok(request.path() + body.length);
    } else {
      request.ok(request.path() + request.body().length);
    }
  }

  private void awaitEnd(RawApp.Request request) throws IOException {
    if (ends(request)) {
      brokenOff.incrementAndGet();
    }
    throw new IOException("it is not waited for");
  }

  private static boolean ends(RawApp.Request request) {
    try {
      return request.in().read() < 0;
    } catch (IOException e) {
      return true; // by a reset: not all of the answer was read
    }
  }

  private static boolean isOpen(Socket socket) throws IOException {
    socket.setSoTimeout(1);
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      socket.setSoTimeout(0);
      return true;
    }
  }

  /** So many connections for each I/O thread. */
  static UpstreamLimits limits(int connections, boolean abort) {
    AppLimits apps =
        new AppLimits(connections, 1, AppLimits.Queue.DEFAULTS, AppLimits.Timeouts.DEFAULTS, abort);
    return UpstreamLimits.of(apps, 1);
  }

  /** Before it, over TLS as well, with an access log in {@code folder}. */
  Site overTls(Path folder, UpstreamLimits limits) {
    return overTls(folder, limits, app);
  }

  /** The same before another one. */
  static Site overTls(Path folder, UpstreamLimits limits, RawApp before) {
    HttpsConfig https =
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "x")));
    return new Site(limits, https, Site.logged(folder), before);
  }

  void awaitAsked(int requests) {
    Site.await(requests + " are asked", () -> app.requests.get() == requests);
  }

  /** Returns when reads that came after all others so far were broken off: those have been looked at as well. */
  void awaitLook(Site site) throws IOException {
    int before = site.status("requestsGivenUp").intValue();
    for (int i = 0; i < 8; i++) { // on each I/O thread
      int asked = app.requests.get() + 1;
      RawClient later = new RawClient(site.port());
      later.send(PLAIN.formatted("slow/later"));
      awaitAsked(asked);
      later.close();
    }
    awaitGivenUp(site, before + 8);
  }

  static void awaitGivenUp(Site site, int requests) {
    Site.await(requests + " given up", () -> site.status("requestsGivenUp").intValue() == requests);
  }

  static void awaitNothingUnderWay(Site site) {
    Site.await("nothing is under way", () -> site.status("active").intValue() == 0);
  }

  static void assertNobodyBlamed(Site site) {
    assertEquals(0, site.metric("edge_upstream_failures_total"));
    assertEquals(0, site.metric("edge_upstream_ejections_total"));
    assertEquals(0, site.metric("edge_upstream_active"));
    assertEquals(0, site.status("upstreamErrors").intValue());
    assertEquals(0, site.status("brokenResponses").intValue());
  }

  @Override
  public void close() {
    release.countDown();
    app.close();
  }
}
