package appliance.media;

import appliance.model.NodeId;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.model.PeerRoute;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers other nodes: {@code digests}, {@code items?buckets&after}, {@code item?path},
 * {@code content?path&sha256} and {@code compare?node}. Any thread; looks, but changes nothing.
 *
 * <p>Who has just put a file here may ask another node for it before this one has looked at it: such a question
 * waits for a moment.
 */
final class MediaRoute implements PeerRoute {

  private static final int PAGE_BYTES = 256 * 1024;
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final long LOOK_MILLIS = 2;

  /** Questions that wait; the threads of this node's answers are few. */
  private static final int WAITING_MAX = 4;

  private final Store store;
  private final Counters counters;
  private final Changes changes;
  private final Consumer<NodeId> antiEntropy;
  private final Semaphore waiting = new Semaphore(WAITING_MAX);

  MediaRoute(Store store, Counters counters, Changes changes, Consumer<NodeId> antiEntropy) {
    this.store = store;
    this.counters = counters;
    this.changes = changes;
    this.antiEntropy = antiEntropy;
  }

  @Override
  public PeerReply handle(PeerRequest request) throws IOException {
    try {
      return switch (request.path()) {
        case "digests" -> digests();
        case "items" -> items(request.parameters());
        case "item" -> item(parameter(request, "path"));
        case "content" ->
          content(parameter(request, "path"), Sha256.parse(parameter(request, "sha256")));
        case "compare" -> compare(parameter(request, "node"));
        default -> PeerReply.text(404, "no such call");
      };
    } catch (IllegalArgumentException e) {
      return PeerReply.text(400, "bad parameter: " + e.getMessage());
    }
  }

  private static String parameter(PeerRequest request, String name) {
    String value = request.parameters().get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private PeerReply digests() {
    long[] digests = store.index().digests().snapshot();
    return PeerReply.of(200, Wire.bytes(out -> {
      for (long digest : digests) {
        out.writeLong(digest);
      }
    }));
  }

  private PeerReply items(Map<String, String> parameters) throws IOException {
    String hex = parameters.getOrDefault("buckets", "");
    if (hex.length() > Digests.BUCKETS / 4) {
      throw new IllegalArgumentException("too many buckets");
    }
    BitSet buckets = BitSet.valueOf(HexFormat.of().parseHex(hex));
    String after = parameters.getOrDefault("after", "");
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(page);
    int count = 0;
    Iterator<Entry> lines = store.index().entriesAfter(after);
    while (lines.hasNext() && page.size() < PAGE_BYTES) {
      Item item = lines.next().item();
      if (buckets.get(Digests.bucket(item.path()))) {
        Wire.putItem(out, item);
        count++;
      }
    }
    return page(lines.hasNext(), count, page.toByteArray());
  }

  private static PeerReply page(boolean more, int count, byte[] items) {
    return PeerReply.of(200, Wire.bytes(out -> {
      out.writeBoolean(more);
      out.writeInt(count);
      out.write(items);
    }));
  }

  private PeerReply item(String path) throws IOException {
    Entry known = store.index().get(path);
    Entry entry = known == null ? inAMoment(path) : known;
    if (entry == null) {
      return PeerReply.text(404, "unknown here");
    }
    return page(false, 1, Wire.bytes(out -> Wire.putItem(out, entry.item())));
  }

  /** What the index says of a file that is here, as soon as it does. */
  private @Nullable Entry inAMoment(String path) throws IOException {
    boolean here = Paths.problem(path).isEmpty()
        && store.marker().ok()
        && store.folder().stat(path).kind() == Stat.Kind.FILE;
    if (!here || !waiting.tryAcquire()) {
      return null;
    }
    try {
      long end = System.nanoTime() + MOMENT.toNanos();
      Entry entry = store.index().get(path);
      while (entry == null && System.nanoTime() - end < 0) {
        Thread.sleep(LOOK_MILLIS);
        entry = store.index().get(path);
      }
      return entry;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      waiting.release();
    }
  }

  private PeerReply content(String path, Sha256 content) throws IOException {
    Entry entry = store.index().get(path);
    if (entry == null || !entry.isFile() || !entry.item().sha256().equals(content)) {
      entry = store.index().holder(content);
    }
    if (entry == null || !store.marker().ok()) {
      return PeerReply.text(404, "not here");
    }
    String held = entry.item().path();
    if (!store.folder().stat(held).matches(entry)) {
      changes.found(held);
      return PeerReply.text(404, "changed");
    }
    FileChannel channel = Disk.open(store.folder().resolve(held));
    return new PeerReply(200, Map.of(), entry.item().size(), new Sent(channel));
  }

  private PeerReply compare(String node) {
    antiEntropy.accept(NodeId.parse(node));
    return PeerReply.text(202, "will do");
  }

  /** Counts what is sent, as it is. */
  private final class Sent extends FilterInputStream {

    Sent(FileChannel channel) {
      super(Channels.newInputStream(channel));
      counters.sentFiles.incrementAndGet();
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      counters.sentBytes.addAndGet(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      counters.sentBytes.addAndGet(Math.max(0, read));
      return read;
    }
  }
}
