package appliance.edge.health;

import appliance.edge.http.InvalidResponse;
import appliance.edge.http.RelayHeaders;
import appliance.edge.http.ResponseHead;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.proxy.OwnApps;
import appliance.edge.proxy.RelayRefusal;
import appliance.edge.upstream.App;
import appliance.edge.upstream.ConnectionPool;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import appliance.model.CheckResult;
import appliance.model.HealthQuestion;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One active check: a GET on a connection of its own. Any answer below 500 is good. Runs on the I/O thread's
 * thread.
 */
final class HealthCheck implements ConnectionPool.Taker, HttpConnection.User {

  private final IoThreadContext context;
  private final App app;
  private final HealthRules rules;
  private final Consumer<CheckResult> result;
  private final Deadline deadline;
  private @Nullable HttpConnection connection;
  private byte[] received = new byte[0];
  private boolean over;

  HealthCheck(IoThreadContext context, App app, HealthRules rules, Consumer<CheckResult> result) {
    this.context = context;
    this.app = app;
    this.rules = rules;
    this.result = result;
    deadline = new Deadline(() -> bad("no answer within " + rules.timeout().toMillis() + " ms"));
  }

  void begin() {
    context.deadlines.set(deadline, rules.timeout().toNanos());
    context.pool(app).takeExtra(this);
  }

  @Override
  public void connected(HttpConnection to) {
    if (over) {
      to.close();
      return;
    }
    connection = to;
    to.use(this);
    HealthQuestion question = rules.question(app);
    String request =
        "GET " + question.path() + " HTTP/1.1\r\nHost: " + question.host() + "\r\nUser-Agent: "
            + HealthQuestion.USER_AGENT + "\r\nConnection: close\r\n" + forRelay() + "\r\n";
    try {
      to.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      bad("the connection broke: " + e.getMessage());
    }
  }

  /** A relay has to be told what this is, and which application is meant. */
  private String forRelay() {
    if (!app.relayed) {
      return "";
    }
    String site = app.site.isEmpty() ? "" : OwnApps.SITE + ": " + app.site + "\r\n";
    return RelayHeaders.CHECK + ": 1\r\n" + site;
  }

  @Override
  public void refused(Failure failure) {
    end(unsent(failure));
  }

  /** One that has too much to do is there: how it is, its own node knows better. */
  private static CheckResult unsent(Failure failure) {
    return switch (failure.kind()) {
      case QUEUE -> CheckResult.BUSY;
      case CONNECT, CONNECT_TIMEOUT -> CheckResult.absent(failure.message());
      default -> CheckResult.failed(failure.message());
    };
  }

  @Override
  public void readable() {
    HttpConnection from = connection;
    if (from == null) {
      return;
    }
    try (PooledByteBuffer pooled = context.buffers.allocate()) {
      ByteBuffer buffer = pooled.getBuffer();
      int read = from.source().read(buffer);
      if (read < 0) {
        bad("it closed the connection without an answer");
        return;
      }
      buffer.flip();
      int before = received.length;
      received = Arrays.copyOf(received, before + buffer.remaining());
      buffer.get(received, before, received.length - before);
      judge();
    } catch (InvalidResponse e) {
      bad("it sent " + e.getMessage());
    } catch (IOException e) {
      bad("the connection broke: " + e.getMessage());
    }
  }

  private void judge() throws InvalidResponse {
    int end = ResponseHead.end(received, received.length);
    if (end < 0) {
      if (received.length > ResponseHead.BYTES_MAX) {
        bad("it sent a head without an end");
      } else {
        ResponseHead.requireCr(received, received.length);
      }
      return;
    }
    ResponseHead head = ResponseHead.parse(received, end, context.names);
    Failure unsent = app.relayed ? RelayRefusal.unsent(head) : null;
    if (unsent != null) {
      end(unsent(unsent));
    } else if (app.relayed && head.busy()) {
      end(CheckResult.BUSY);
    } else if (head.status() >= 500) {
      bad("status " + head.status());
    } else {
      end(CheckResult.PASSED);
    }
  }

  @Override
  public void writable() {
    // The request is shorter than any socket's buffer.
  }

  private void bad(String why) {
    end(CheckResult.failed(why + " at " + app.where()));
  }

  private void end(CheckResult come) {
    if (over) {
      return;
    }
    over = true;
    context.deadlines.clear(deadline);
    if (connection != null) {
      connection.close();
    }
    result.accept(come);
  }
}
