package appliance.cluster.join;

import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.trust.JoinSecret;
import appliance.trust.JoinSecret.Ends;
import appliance.trust.JoinSecret.Role;
import appliance.trust.TlsSocket;
import appliance.trust.Trust;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks at other nodes' {@link DiscoveryServer}s, at several at once. Any thread; each call blocks. */
public final class DiscoveryClient implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiscoveryClient.class);

  private static final int ASKING_MAX = 16;
  private static final int CONNECT_MILLIS_MAX = 300;

  /** For each piece of an answer. */
  private static final int ANSWER_MILLIS_MAX = 1000;

  /**
   * For all of it, look-up of its name and handshake included: else one that drips would hold whoever asks for
   * ever. A node's own port ends what takes longer than three seconds.
   */
  private static final int WHOLE_MILLIS_MAX = 4000;

  /** To remember; more than are asked at once. */
  private static final int HOSTS_MAX = 256;

  /** Lines of the log on addresses of one host, of which whoever rings can name any number. */
  private static final int LINES_PER_HOST_MAX = 8;

  /** For one node to answer before the next is asked as well, where one answer may do. */
  private static final int HEAD_START_MILLIS = 250;

  private final ThreadPoolExecutor askers = new ThreadPoolExecutor(
      ASKING_MAX, ASKING_MAX, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(256), task -> {
        Thread thread = new Thread(task, "cluster-search");
        thread.setDaemon(true);
        return thread;
      });
  private final ScheduledThreadPoolExecutor cutter = new ScheduledThreadPoolExecutor(1, task -> {
    Thread thread = new Thread(task, "cluster-search-cutter");
    thread.setDaemon(true);
    return thread;
  });
  private final Latest<HostPort, String> unreachable = new Latest<>(HOSTS_MAX);
  private final Latest<HostPort, String> silent = new Latest<>(HOSTS_MAX);

  private final Trust trust;
  private final Names names;
  private final SecureRandom random = new SecureRandom();

  /**
   * An answer, and who has given it.
   *
   * @param key that of the connection
   * @param proven whether the one who answers has the same secret as this node
   */
  public record Reply(HostPort host, Fingerprint key, boolean proven, Greeting.Answer answer) {}

  /** Asks with the key of {@code trust}, and with its secret if it has one. */
  public DiscoveryClient(Trust trust) {
    this(trust, HostPort::socketAddress);
  }

  /**
   * @param lookup finds a host's address, in its own time
   */
  DiscoveryClient(Trust trust, Function<HostPort, InetSocketAddress> lookup) {
    this.trust = trust;
    names = new Names(lookup);
    askers.allowCoreThreadTimeOut(true);
    cutter.setRemoveOnCancelPolicy(true);
  }

  /** Asks each of {@code hosts}, given by their cluster ports; leaves out whoever does not answer. */
  public List<Reply> ask(Collection<HostPort> hosts, Greeting.Question question) {
    List<CompletableFuture<Optional<Reply>>> asked = new ArrayList<>();
    for (HostPort host : new LinkedHashSet<>(hosts)) {
      asked.add(CompletableFuture.supplyAsync(() -> ask(host, question), askers));
    }
    List<Reply> replies = new ArrayList<>();
    asked.forEach(reply -> reply.join().ifPresent(replies::add));
    return replies;
  }

  /**
   * Asks one after the other until an answer is {@code enough}: the next one as soon as the one before has
   * failed or takes its time. Each question costs both sides a handshake, and the cluster an entry of its
   * log.
   */
  List<Reply> ask(Collection<HostPort> hosts, Greeting.Question question, Predicate<Reply> enough)
      throws InterruptedException {
    BlockingQueue<Optional<Reply>> answers = new LinkedBlockingQueue<>();
    List<Reply> replies = new ArrayList<>();
    Iterator<HostPort> next = new LinkedHashSet<>(hosts).iterator();
    int open = 0;
    while (next.hasNext() || open > 0) {
      if (next.hasNext()) {
        HostPort host = next.next();
        askers.execute(() -> answers.add(reply(host, question)));
        open++;
      }
      Optional<Reply> answer =
          next.hasNext() ? answers.poll(HEAD_START_MILLIS, TimeUnit.MILLISECONDS) : answers.take();
      if (answer != null) {
        open--;
        answer.ifPresent(replies::add);
        if (answer.filter(enough).isPresent()) {
          return replies;
        }
      }
    }
    return replies;
  }

  /** In any case, as it is waited for. */
  private Optional<Reply> reply(HostPort host, Greeting.Question question) {
    try {
      return ask(host, question);
    } catch (RuntimeException | Error e) {
      log.error("The question to {} failed by an error of the program", host, e);
      return Optional.empty();
    }
  }

  private Optional<Reply> ask(HostPort host, Greeting.Question question) {
    try (TlsSocket socket = trust.socketToAnyone()) {
      Reply reply = connectAndAsk(host, socket, question);
      if (reply.proven() || trust.trusted().get().accepts(reply.key())) {
        unreachable.remove(host); // of a stranger that comes and goes nothing is told again
      }
      return Optional.of(reply);
    } catch (IOException | IllegalArgumentException | RejectedExecutionException e) {
      tellUnreachable(host, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void tellUnreachable(HostPort host, String why) {
    boolean news = unreachable.put(host, why);
    if (news && unreachable.count(h -> h.host().equals(host.host())) <= LINES_PER_HOST_MAX) {
      log.info("No node answers at {} ({}); going on without it", host, why);
    }
  }

  private Reply connectAndAsk(HostPort host, TlsSocket socket, Greeting.Question question)
      throws IOException {
    long begun = System.nanoTime();
    silent.remove(host);
    InetSocketAddress address = address(host);
    long left = WHOLE_MILLIS_MAX - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    Future<?> cut = cutter.schedule(socket::end, left, TimeUnit.MILLISECONDS);
    try {
      socket.connect(address, CONNECT_MILLIS_MAX);
      socket.setSoTimeout(ANSWER_MILLIS_MAX);
      return ask(host, socket, question);
    } catch (IOException e) {
      String why = cut.isDone()
          ? "its answer was not whole after " + WHOLE_MILLIS_MAX + " ms"
          : String.valueOf(e.getMessage());
      if (socket.isConnected()) {
        silent.put(host, why);
      }
      throw new IOException(why, e);
    } finally {
      cut.cancel(false);
    }
  }

  /** One whose name is not looked up in time may be there: it counts as silent. */
  private InetSocketAddress address(HostPort host) throws IOException {
    try {
      return names.address(
          host.withPort(host.port() + DiscoveryServer.PORT_OFFSET),
          Duration.ofMillis(WHOLE_MILLIS_MAX));
    } catch (SocketTimeoutException e) {
      silent.put(host, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Who took the connection when last asked, and then gave no answer, and what went wrong: there, but busy,
   * or no node, or the two have clocks that are too far apart. And those whose name was not looked up in time.
   */
  Map<HostPort, String> silent() {
    return silent.copy();
  }

  private Reply ask(HostPort host, TlsSocket socket, Greeting.Question question)
      throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] nonce = DiscoveryServer.nonce(random);
    Ends ends = new Ends(trust.fingerprint(), socket.peer(), nonce, DiscoveryServer.read(in));
    Optional<JoinSecret> secret = trust.secret();
    byte[] proof = secret.map(s -> s.proof(Role.ASKS, question.name(), ends)).orElse(new byte[0]);
    DiscoveryServer.write(
        new DataOutputStream(socket.getOutputStream()),
        question.with(new Greeting.Proof(nonce, proof)).encode());
    Greeting.Answer answer = Greeting.Answer.decode(DiscoveryServer.read(in));
    boolean proven = secret
        .filter(s -> answer.name().equals(question.name()))
        .map(s -> s.proves(answer.proof().bytes(), Role.ANSWERS, answer.name(), ends))
        .orElse(false);
    return new Reply(host, socket.peer(), proven, answer);
  }

  @Override
  public void close() {
    askers.shutdownNow();
    cutter.shutdownNow();
    names.close();
  }
}
