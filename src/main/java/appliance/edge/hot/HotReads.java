package appliance.edge.hot;

import appliance.edge.http.Layer;
import appliance.edge.http.Scattered;
import appliance.edge.io.ClientWrites;
import appliance.model.AddressText;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Answers plain requests for what is hot before Undertow sees them, and hands all others on with every
 * byte. Looks only where a request must begin: after the end of the last one, with nothing read ahead.
 * Its state belongs to the connection's I/O thread.
 */
public final class HotReads extends AbstractStreamSourceConduit<StreamSourceConduit>
    implements ReadReadyHandler, Layer {

  private static final Logger log = LoggerFactory.getLogger(HotReads.class);

  /** Then a request takes the long way, so that Undertow's own timers see that the client lives. */
  private static final long SHORT_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

  private static final byte[] NOTHING = {};

  private final StreamConnection connection;
  private final HotService service;
  private final ClientWrites sink;
  private @Nullable ReadReadyHandler upper;
  private String client = "";

  /** Set by the thread that ends an exchange, before that has the reads resumed. */
  private volatile boolean between;

  private int answered;

  /** Requests that went the long way; written before {@link #between}, and read after it. */
  private int exchanges;

  private long longWayNanos = System.nanoTime();
  private byte[] unread = NOTHING;
  private int unreadFrom;
  private int unreadEnd;

  private HotReads(
      StreamConnection connection,
      HotService service,
      ClientWrites sink,
      StreamSourceConduit next) {
    super(next);
    this.connection = connection;
    this.service = service;
    this.sink = sink;
    next.setReadReadyHandler(this);
  }

  /** Puts itself below all that is to come on {@code connection}. */
  public static void install(StreamConnection connection, HotService service, ClientWrites sink) {
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    HotReads reads = new HotReads(connection, service, sink, source.getConduit());
    reads.setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(source));
    source.setConduit(reads);
  }

  @Override
  public StreamSourceConduit below() {
    return next;
  }

  private static @Nullable HotReads of(HttpServerExchange exchange) {
    return Layer.find(exchange, HotReads.class);
  }

  /** Whether repeats of the answer to {@code exchange} could be given on its connection. */
  static boolean under(HttpServerExchange exchange) {
    return of(exchange) != null;
  }

  /** How many requests on the connection of {@code exchange} were answered here. */
  public static int answered(HttpServerExchange exchange) {
    HotReads reads = of(exchange);
    return reads == null ? 0 : reads.answered;
  }

  /** Learns that {@code exchange} is over: what comes next may be the beginning of a request. */
  public static void exchangeOver(HttpServerExchange exchange) {
    HotReads reads = of(exchange);
    if (reads != null) {
      HttpServerConnection http = (HttpServerConnection) exchange.getConnection();
      reads.exchanges++;
      reads.between =
          exchange.isPersistent() && !exchange.isUpgrade() && http.getExtraBytes() == null;
    }
  }

  @Override
  public void setReadReadyHandler(ReadReadyHandler handler) {
    upper = handler;
  }

  @Override
  public void readReady() {
    if (sink.pending()) {
      next.suspendReads(); // until it is written
    } else if (!between || unreadFrom < unreadEnd || !service.open()) {
      handOn();
    } else {
      try {
        look();
      } catch (IOException e) {
        log.debug("A client's connection broke", e);
        IoUtils.safeClose(connection);
      }
    }
  }

  private void look() throws IOException {
    HotBuffers buffers = service.buffers(connection);
    ByteBuffer in = buffers.in.clear();
    int count = next.read(in);
    if (count == 0) {
      return;
    }
    if (count > 0) {
      in.flip().get(buffers.request.bytes(), 0, count);
      long now = System.nanoTime();
      HotAnswer answer =
          now - longWayNanos > SHORT_NANOS_MAX ? null : answer(buffers.request, count, now);
      if (answer != null) {
        give(answer, buffers, now);
        return;
      }
      longWayNanos = now;
      unread = buffers.request.bytes();
      unreadFrom = 0;
      unreadEnd = count;
    }
    handOn();
    keepUnread();
  }

  private @Nullable HotAnswer answer(HotRequest request, int count, long now) {
    int requestsMax = service.limits().requestsMax();
    if (requestsMax > 0 && answered + exchanges >= requestsMax - 1) {
      return null; // the last one takes the way that closes the connection
    }
    if (count > service.limits().headBytesMax() || !request.begin(count)) {
      return null;
    }
    List<HotAnswer> known = service.answers().find(request.key());
    if (known == null || !request.plain(service.limits().headersMax())) {
      return null;
    }
    for (HotAnswer answer : known) {
      if (answer.fits(request)) {
        return answer.take(now) ? answer : null;
      }
    }
    return null;
  }

  private void give(HotAnswer answer, HotBuffers buffers, long began) throws IOException {
    answered++;
    boolean head = buffers.request.isHead();
    ByteBuffer[] bytes = buffers.fill(answer, head);
    service.stats().requests.increment();
    service.stats().hot.increment();
    if (!sink.writeNow(bytes)) {
      service.stats().active.increment();
      sink.writeLater(buffers.rest(bytes), new Late());
      next.suspendReads();
    }
    buffers.done();
    long sent = head ? 0 : answer.contentLength();
    answer.log().answered(client(), buffers.request, sent, System.nanoTime() - began);
  }

  private String client() {
    if (client.isEmpty()) {
      InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
      client = peer == null ? "unknown" : AddressText.of(peer.getAddress());
    }
    return client;
  }

  /** An answer that the client takes slowly; Undertow's keep-alive time ends it in the worst case. */
  private final class Late implements ClientWrites.Ended {

    @Override
    public void written() {
      service.stats().active.decrement();
      next.resumeReads();
    }

    @Override
    public void broken(@Nullable IOException cause) {
      service.stats().active.decrement();
      if (cause != null) {
        log.debug("A client's connection broke", cause);
        IoUtils.safeClose(connection);
      }
    }
  }

  private void handOn() {
    between = false;
    if (upper != null) {
      upper.readReady();
    }
  }

  /** The bytes lie in the thread's buffer, which the next connection will use. */
  private void keepUnread() {
    if (unreadFrom < unreadEnd) {
      unread = java.util.Arrays.copyOfRange(unread, unreadFrom, unreadEnd);
      unreadEnd -= unreadFrom;
      unreadFrom = 0;
      if (next.isReadResumed()) {
        next.wakeupReads();
      }
    } else {
      unread = NOTHING;
      unreadFrom = 0;
      unreadEnd = 0;
    }
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    between = false;
    int count = Math.min(to.remaining(), unreadEnd - unreadFrom);
    if (count == 0) {
      return next.read(to);
    }
    to.put(unread, unreadFrom, count);
    unreadFrom += count;
    return count;
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    ByteBuffer first = Scattered.first(to, offset, length);
    if (first == null) {
      return 0;
    }
    return unreadFrom < unreadEnd ? read(first) : next.read(to, offset, length);
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    return unreadFrom < unreadEnd
        ? target.transferFrom(new ConduitReadableByteChannel(this), position, count)
        : next.transferTo(position, count, target);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    return unreadFrom < unreadEnd
        ? IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target)
        : next.transferTo(count, through, target);
  }

  @Override
  public void resumeReads() {
    next.resumeReads();
    if (unreadFrom < unreadEnd) {
      next.wakeupReads();
    }
  }

  @Override
  public void forceTermination() {
    if (upper != null) {
      upper.forceTermination();
    }
  }

  @Override
  public void terminated() {
    if (upper != null) {
      upper.terminated();
    }
  }
}
