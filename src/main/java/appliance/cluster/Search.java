package appliance.cluster;

import appliance.model.HostPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks at other nodes' {@link Doorbell}s, at several at once. Any thread; each call blocks. */
final class Search implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Search.class);

  private static final int ASKING_MAX = 16;
  private static final int CONNECT_MILLIS_MAX = 300;
  private static final int ANSWER_MILLIS_MAX = 1000;

  private final ThreadPoolExecutor askers = new ThreadPoolExecutor(
      ASKING_MAX, ASKING_MAX, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(256), task -> {
        Thread thread = new Thread(task, "cluster-search");
        thread.setDaemon(true);
        return thread;
      });
  private final Set<HostPort> unreachable = ConcurrentHashMap.newKeySet();

  Search() {
    askers.allowCoreThreadTimeOut(true);
  }

  /** Asks each of {@code hosts}, given by their cluster ports; leaves out whoever does not answer. */
  List<Greeting.Answer> ask(Collection<HostPort> hosts, Greeting.Question question) {
    byte[] encoded = question.encode();
    List<CompletableFuture<Optional<Greeting.Answer>>> asked = new ArrayList<>();
    for (HostPort host : new LinkedHashSet<>(hosts)) {
      asked.add(CompletableFuture.supplyAsync(() -> ask(host, encoded), askers));
    }
    List<Greeting.Answer> answers = new ArrayList<>();
    asked.forEach(answer -> answer.join().ifPresent(answers::add));
    return answers;
  }

  private Optional<Greeting.Answer> ask(HostPort host, byte[] question) {
    try (Socket socket = new Socket()) {
      InetSocketAddress address =
          host.withPort(host.port() + Doorbell.PORT_OFFSET).socketAddress();
      if (address.isUnresolved()) {
        throw new IOException("the name cannot be resolved");
      }
      socket.connect(address, CONNECT_MILLIS_MAX);
      socket.setSoTimeout(ANSWER_MILLIS_MAX);
      socket.setTcpNoDelay(true);
      Doorbell.write(new DataOutputStream(socket.getOutputStream()), question);
      byte[] answer = Doorbell.read(new DataInputStream(socket.getInputStream()));
      unreachable.remove(host);
      return Optional.of(Greeting.Answer.decode(answer));
    } catch (IOException | IllegalArgumentException e) {
      if (unreachable.add(host)) {
        log.info("No node answers at {} ({}); going on without it", host, e.getMessage());
      }
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    askers.shutdownNow();
  }
}
