package appliance.edge.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import appliance.model.Epoch;
import appliance.testing.Http;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An answer that waits for its right, and an exchange that somebody else ends meanwhile. */
final class AnswerGateTest {

  /** Nobody stands behind it, and somebody may again. */
  private static final WritePass.Backing IN_A_GAP = new WritePass.Backing() {
    @Override
    public Epoch standsIn(Epoch begun) {
      return Epoch.NONE;
    }

    @Override
    public boolean mayStand(Epoch begun) {
      return true;
    }

    @Override
    public void end() {}
  };

  private final LateAnswers late = new LateAnswers(() -> 0, 1_000, 2);
  private final BlockingQueue<String> called = new LinkedBlockingQueue<>();

  private void answeredBy(HttpHandler handler) throws Exception {
    Undertow server = Undertow.builder()
        .addHttpListener(0, "127.0.0.1")
        .setIoThreads(1)
        .setWorkerThreads(1)
        .setHandler(handler)
        .build();
    server.start();
    try {
      InetSocketAddress address =
          (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
      assertEquals(503, Http.get(address.getPort(), "/").status());
      assertEquals("ended", called.poll(60, TimeUnit.SECONDS));
      assertEquals(List.of(), List.copyOf(called), "and nothing else");
      assertEquals(0, late.waiting());
    } finally {
      server.stop();
    }
  }

  @Test
  void who_waits_is_told_once_when_the_exchange_ends_before() throws Exception {
    answeredBy(exchange -> {
      new WritePass(new Epoch(5), IN_A_GAP, late).mark(exchange);
      AnswerGate gate = new AnswerGate(exchange);
      assertFalse(gate.open());
      gate.whenOpen(() -> called.add("first"), () -> called.add("first ended"));
      gate.whenOpen(() -> called.add("went on"), () -> called.add("ended"));
      assertEquals(1, late.waiting());
      exchange.setStatusCode(503).endExchange();
    });
  }

  @Test
  void who_comes_after_the_end_of_the_exchange_is_told_at_once() throws Exception {
    answeredBy(exchange -> {
      exchange.setStatusCode(503).endExchange();
      new AnswerGate(exchange).whenOpen(() -> called.add("went on"), () -> called.add("ended"));
    });
  }
}
