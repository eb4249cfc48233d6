package appliance.media;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.NodeId;
import appliance.model.PeerCalls;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.runtime.Published;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The other nodes' media, asked over {@link PeerCalls}; the counterpart of {@link MediaRoute}. */
final class Peers {

  static final String ROUTE = "media";
  static final int PAGE_BYTES_MAX = 1024 * 1024;

  private final NodeId self;
  private final Published<ClusterView> views;
  private final PeerCalls calls;

  Peers(NodeId self, Published<ClusterView> views, PeerCalls calls) {
    this.self = self;
    this.views = views;
    this.calls = calls;
  }

  /** A part of another node's index. */
  record Page(List<Item> items, boolean more) {}

  /** Every other member that is not down. */
  List<NodeId> live() {
    return live(views.get());
  }

  List<NodeId> live(ClusterView view) {
    List<NodeId> live = new ArrayList<>();
    for (Member member : view.members()) {
      if (!member.id().equals(self) && member.state().serves()) {
        live.add(member.id());
      }
    }
    return live;
  }

  /** @return null if that node has no media folder */
  long @Nullable [] digests(NodeId node) throws IOException {
    try (PeerReply reply = calls.call(node, ROUTE, PeerRequest.get("digests", Map.of()))) {
      if (reply.status() == 404) {
        return null;
      }
      DataInputStream in = body(reply, Digests.BUCKETS * Long.BYTES);
      long[] digests = new long[Digests.BUCKETS];
      for (int i = 0; i < digests.length; i++) {
        digests[i] = in.readLong();
      }
      return digests;
    }
  }

  Page items(NodeId node, BitSet buckets, String after) throws IOException {
    Map<String, String> parameters =
        Map.of("buckets", HexFormat.of().formatHex(buckets.toByteArray()), "after", after);
    try (PeerReply reply = calls.call(node, ROUTE, PeerRequest.get("items", parameters))) {
      return page(body(reply, PAGE_BYTES_MAX));
    }
  }

  /** @return null if that node does not know the path */
  @Nullable
  Item item(NodeId node, String path) throws IOException {
    try (PeerReply reply = calls.call(node, ROUTE, PeerRequest.get("item", Map.of("path", path)))) {
      if (reply.status() == 404) {
        return null;
      }
      List<Item> items = page(body(reply, PAGE_BYTES_MAX)).items();
      return items.size() == 1 && items.get(0).path().equals(path) ? items.get(0) : null;
    }
  }

  /** Asks that node to compare its index with this one's. */
  void askToCompare(NodeId node) throws IOException {
    PeerRequest request = PeerRequest.get("compare", Map.of("node", self.toString()));
    try (PeerReply reply = calls.call(node, ROUTE, request)) {
      if (!reply.ok()) {
        throw new IOException("status " + reply.status());
      }
    }
  }

  /** It may have been there, as a file that its program has renamed or deleted at once. */
  static final class NotThere extends IOException {

    private static final long serialVersionUID = 1;

    NotThere(String why) {
      super(why);
    }
  }

  /** Brings the content of {@code item} into {@code staged}, whole and checked, or fails. */
  void content(NodeId node, Item item, Path staged) throws IOException {
    Map<String, String> parameters =
        Map.of("path", item.path(), "sha256", item.sha256().toString());
    try (PeerReply reply = calls.call(node, ROUTE, PeerRequest.get("content", parameters))) {
      if (reply.status() == 404) {
        throw new NotThere("node " + node + " does not have it (404)");
      }
      if (!reply.ok()) {
        throw new IOException("node " + node + " did not send it (" + reply.status() + ")");
      }
      Disk.receive(reply.body(), staged, item);
    }
  }

  private static DataInputStream body(PeerReply reply, int bytesMax) throws IOException {
    if (!reply.ok()) {
      throw new IOException("status " + reply.status());
    }
    byte[] body = reply.body().readNBytes(bytesMax + 1);
    if (body.length > bytesMax) {
      throw new IOException("an answer of more than " + bytesMax + " bytes");
    }
    return Wire.reader(body);
  }

  private static Page page(DataInputStream in) throws IOException {
    boolean more = in.readBoolean();
    int count = in.readInt();
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(Wire.item(in));
    }
    return new Page(items, more);
  }
}
