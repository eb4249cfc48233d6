package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FetchOnMissTest {

  @TempDir
  private Path folder;

  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new ArrayList<>();

  private FileServer serve(PeerFetch peers, FetchOnMiss.Limits limits) {
    FetchOnMiss handler = new FetchOnMiss(
        FileRoot.media(folder, "/media/"),
        path -> {
          asked.incrementAndGet();
          return peers.fetch(path);
        },
        FileServer.NEXT,
        limits,
        Repeats.NONE);
    FileServer server = new FileServer(handler);
    open.add(server);
    open.add(handler);
    return server;
  }

  private FileServer serve(PeerFetch peers) {
    return serve(peers, FetchOnMiss.Limits.DEFAULT);
  }

  @AfterEach
  void stop() throws Exception {
    clients.shutdownNow();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private boolean writes(String path) throws Exception {
    FileServer.write(folder, path, "fetched " + path);
    return true;
  }

  @Test
  void a_file_that_is_not_here_is_fetched_and_served() throws Exception {
    FileServer server = serve(this::writes);
    assertEquals(
        "fetched 2026/ü b.jpg", server.get("/media/2026/%C3%BC%20b.jpg").text());
    assertEquals(
        "fetched 2026/ü b.jpg", server.get("/media/2026/%C3%BC%20b.jpg").text());
    assertEquals(200, server.send("HEAD", "/media/x.jpg").status());
    RawResponse part = server.get("/media/y.jpg", "Range: bytes=0-6");
    assertEquals("fetched", part.text());
    assertEquals(3, asked.get());
  }

  @Test
  void a_file_that_no_peer_has_is_asked_for_once_a_second() throws Exception {
    FileServer server = serve(path -> false);
    long begun = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertEquals(299, server.get("/media/none.jpg").status());
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    assertTrue(
        asked.get() >= 1 && asked.get() <= seconds + 2,
        "asked " + asked.get() + " times in " + seconds + " s");
  }

  @Test
  void a_peer_that_fails_or_lies_is_a_miss() throws Exception {
    FileServer failing = serve(path -> {
      throw new java.io.IOException("no node answers");
    });
    assertEquals(299, failing.get("/media/a.jpg").status());
    FileServer lying = serve(path -> true);
    assertEquals(299, lying.get("/media/b.jpg").status());
    assertEquals(2, asked.get());
  }

  @Test
  void an_error_is_503_at_once_and_the_next_request_asks_again() throws Exception {
    FileServer server = serve(path -> {
      if (asked.get() == 1) {
        throw new AssertionError("on purpose");
      }
      return writes(path);
    });
    assertEquals(503, server.get("/media/a.jpg").status());
    Await.until("none is under way", () -> fetching() == 0);
    assertEquals("fetched a.jpg", server.get("/media/a.jpg").text());
  }

  @Test
  void nothing_is_fetched_that_would_not_be_served() throws Exception {
    FileServer server = serve(this::writes);
    for (String target : List.of(
        "/media/.env",
        "/media/x.php",
        "/media/.appliance-1",
        "/media/a.sql",
        "/media/../a.jpg",
        "/media/%2e%2e/a.jpg",
        "/media/",
        "/media/folder/",
        "/other/a.jpg",
        "/media")) {
      int status = server.get(target).status();
      assertTrue(status == 299 || status == 404 || status == 400, target + " " + status);
    }
    assertEquals(299, server.send("POST", "/media/a.jpg", "Content-Length: 0").status());
    assertEquals(0, asked.get());
  }

  @Test
  void requests_for_one_file_share_one_fetch() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FileServer server = serve(path -> go.await(90, TimeUnit.SECONDS) && writes(path));
    List<Future<RawResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(clients.submit(() -> server.get("/media/a.jpg")));
    }
    Await.until("all wait for it", () -> gauge("waiting") == 50);
    FileServer.write(folder, "here.jpg", "here");
    assertEquals("here", server.get("/media/here.jpg").text(), "others are served meanwhile");
    go.countDown();
    for (Future<RawResponse> answer : answers) {
      assertEquals("fetched a.jpg", answer.get().text());
    }
    assertEquals(1, asked.get());
  }

  @Test
  void more_fetches_than_may_wait_get_503_and_the_others_their_file() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FileServer server = serve(
        path -> go.await(90, TimeUnit.SECONDS) && writes(path),
        new FetchOnMiss.Limits(2, 3, 100, 30_000, 1000));
    List<Future<RawResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      answers.add(clients.submit(() -> server.get("/media/" + number + ".jpg")));
    }
    Await.until("five are under way", () -> fetching() == 5);
    assertEquals(503, server.get("/media/more.jpg").status());
    go.countDown();
    int whole = 0;
    for (Future<RawResponse> answer : answers) {
      whole += answer.get().status() == 200 ? 1 : 0;
    }
    assertEquals(5, whole);
  }

  private int fetching() {
    return gauge("fetching");
  }

  private int gauge(String name) {
    FetchOnMiss handler = (FetchOnMiss) open.get(1);
    return Integer.parseInt(String.valueOf(handler.read().json().get(name)));
  }

  @Test
  void more_requests_than_may_wait_get_503() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FileServer server = serve(
        path -> go.await(90, TimeUnit.SECONDS) && writes(path),
        new FetchOnMiss.Limits(2, 3, 1, 30_000, 1000));
    Future<RawResponse> first = clients.submit(() -> server.get("/media/a.jpg"));
    Await.until("a peer is asked", () -> asked.get() == 1);
    RawResponse refused = server.get("/media/a.jpg");
    assertEquals(503, refused.status());
    assertEquals("1", refused.field("Retry-After"));
    go.countDown();
    assertEquals(200, first.get().status());
  }

  @Test
  void a_peer_that_hangs_ends_in_503_and_the_file_comes_later() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FileServer server = serve(
        path -> go.await(90, TimeUnit.SECONDS) && writes(path),
        new FetchOnMiss.Limits(2, 3, 100, 50, 1000));
    assertEquals(503, server.get("/media/a.jpg").status());
    go.countDown();
    Await.until("it is there", () -> server.get("/media/a.jpg").status() == 200);
  }
}
