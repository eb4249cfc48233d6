package appliance.media;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.runtime.Published;
import appliance.status.Section;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.h2.mvstore.MVStore;

/** Some media nodes on folders of one machine, joined by calls within the process. */
final class Nodes implements AutoCloseable {

  static final Tuning QUICK = new Tuning(
      Duration.ofMillis(100),
      Duration.ofSeconds(60),
      Duration.ofMillis(300),
      Duration.ofMillis(500),
      Duration.ofMillis(50),
      Duration.ofSeconds(10),
      Long.MAX_VALUE,
      true);

  /** Without inotify. */
  static final Tuning POLLING = new Tuning(
      QUICK.quiet(),
      QUICK.rescan(),
      QUICK.poll(),
      QUICK.compare(),
      QUICK.tick(),
      QUICK.readWait(),
      QUICK.fileBytesMax(),
      false);

  private final Path ground;
  private final Tuning tuning;
  private final List<Node> nodes = new CopyOnWriteArrayList<>();
  private volatile Wire wire = Node::answer;
  private volatile Network network = (from, to) -> Network.Fate.ARRIVES;

  Nodes(Path ground, int count, Tuning tuning) throws IOException {
    this.ground = ground;
    this.tuning = tuning;
    for (int i = 0; i < count; i++) {
      nodes.add(new Node("n" + i));
    }
    nodes.forEach(Node::start);
  }

  Nodes(Path ground, int count) throws IOException {
    this(ground, count, QUICK);
  }

  /** How a call gets to another node. */
  interface Wire {
    PeerReply call(Node to, PeerRequest request) throws IOException;
  }

  void wire(Wire now) {
    wire = now;
  }

  /** What becomes of a message or call between two nodes. */
  interface Network {

    enum Fate {
      ARRIVES,
      TWICE,
      LATE,
      LOST
    }

    Fate fate(Node from, Node to);
  }

  /** One node: its folder and data survive {@link #stop}. */
  final class Node {

    final String name;
    final NodeId id = NodeId.random();
    final Path folder;
    final Path data;
    final Published<ClusterView> views = new Published<>(ClusterView.empty("test", id));
    volatile boolean up;
    private volatile UnaryOperator<PeerReply> lie = reply -> reply;
    private Media media;

    Node(String name) throws IOException {
      this.name = name;
      folder = Files.createDirectories(ground.resolve(name));
      data = Files.createDirectories(ground.resolve(name + "-data"));
      media = open();
    }

    private Media open() {
      return new Media(
          new Media.Ground(folder, data, id), views, this::call, this::broadcast, tuning);
    }

    Media media() {
      return media;
    }

    void start() {
      up = true;
      media.start();
      publish();
    }

    void stop() {
      up = false;
      media.close();
      publish();
    }

    void restart() {
      media = open();
      start();
    }

    /** While it is down: it went by a loss of power, for all that it will know. */
    void machineRestarted() {
      try (MVStore index = MVStore.open(data.resolve("media/index.mv").toString())) {
        index.openMap("meta").put(Index.BOOT, "another start of the machine");
      }
    }

    /** As after kill -9, but for what the process' end frees. */
    void crash(Path copyOfData) throws IOException {
      up = false;
      copy(data, copyOfData);
      media.close();
      deleteTree(data);
      Files.move(copyOfData, data);
      publish();
    }

    /** Waits until the index on disk, which a crash leaves, has these paths. */
    void awaitSaved(String... files) throws Exception {
      Path copy = Files.createTempDirectory(ground, "index-");
      await(name + " has saved its index", () -> {
        Files.copy(
            data.resolve("media/index.mv"),
            copy.resolve("index.mv"),
            StandardCopyOption.REPLACE_EXISTING);
        try (Index saved = Index.open(copy, id.toString())) {
          return Arrays.stream(files).allMatch(file -> saved.get(file) != null);
        }
      });
    }

    private PeerReply call(NodeId node, String route, PeerRequest request) throws IOException {
      Node to = nodes.stream().filter(n -> n.id.equals(node)).findFirst().orElseThrow();
      if (!to.up || !up || network.fate(this, to) == Network.Fate.LOST) {
        throw new IOException("unreachable");
      }
      return wire.call(to, request);
    }

    PeerReply answer(PeerRequest request) throws IOException {
      PeerReply reply = media.route().handle(request);
      return request.path().equals("content") ? lie.apply(reply) : reply;
    }

    /** From now on this node's contents are not what it says they are. */
    void lies(UnaryOperator<PeerReply> how) {
      lie = how;
    }

    private void broadcast(byte[] message) {
      for (Node to : nodes) {
        if (to == this || !to.up || !up) {
          continue;
        }
        switch (network.fate(this, to)) {
          case ARRIVES -> to.media.receive(id, message);
          case TWICE -> {
            to.media.receive(id, message);
            to.media.receive(id, message);
          }
          case LATE -> late(() -> to.media.receive(id, message));
          case LOST -> {}
        }
      }
    }

    private void late(Runnable delivery) {
      Thread thread = new Thread(() -> {
        try {
          Thread.sleep(80);
          delivery.run();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      thread.setDaemon(true);
      thread.start();
    }

    Path file(String path) {
      return folder.resolve(path);
    }

    void write(String path, String content) throws IOException {
      Files.createDirectories(file(path).getParent());
      Files.writeString(file(path), content);
    }

    String read(String path) throws IOException {
      return Files.exists(file(path)) ? Files.readString(file(path)) : "(absent)";
    }

    Object status(String field) {
      Section section = media.source().read();
      return java.util.Objects.requireNonNull(section.json().get(field));
    }

    long number(String field) {
      return ((Number) status(field)).longValue();
    }

    boolean inSync() {
      return media.caughtUp() && number("pending") == 0 && number("unreplicated") == 0;
    }

    List<Path> conflicts() throws IOException {
      Path kept = data.resolve("media/conflicts");
      if (!Files.isDirectory(kept)) {
        return List.of();
      }
      try (Stream<Path> files = Files.list(kept)) {
        return files.toList();
      }
    }

    /** Every replicated file with its content's hash. */
    private static boolean isReserved(String path) {
      return path.startsWith(Paths.RESERVED) || path.contains("/" + Paths.RESERVED);
    }

    Map<String, String> content() {
      Map<String, String> content = new TreeMap<>();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String path = folder.relativize(file).toString();
          if (Files.isRegularFile(file) && !isReserved(path)) {
            content.put(path, Disk.hash(file).toString());
          }
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        return Map.of("(changing)", name + ": " + e);
      }
      return content;
    }
  }

  Node get(int i) {
    return nodes.get(i);
  }

  List<Node> all() {
    return nodes;
  }

  Node add() throws IOException {
    Node node = new Node("n" + nodes.size());
    nodes.add(node);
    node.start();
    return node;
  }

  void network(Network now) {
    network = now;
  }

  private void publish() {
    List<Member> members = new ArrayList<>();
    HostPort nowhere = new HostPort("127.0.0.1", 1);
    Endpoints endpoints = new Endpoints(nowhere, nowhere, nowhere, nowhere, Optional.empty());
    for (Node node : nodes) {
      MemberState state = node.up ? MemberState.ACTIVE : MemberState.DOWN;
      members.add(new Member(node.id, node.name, endpoints, state, ""));
    }
    for (Node node : nodes) {
      node.views.publish(
          new ClusterView("test", node.id, new Epoch(1), Optional.empty(), true, members));
    }
  }

  /** Waits until {@code condition} holds. */
  static void await(String what, Callable<Boolean> condition) throws Exception {
    Await.until(what, condition::call);
  }

  /** Waits until all nodes that are up hold the same and say so. */
  void awaitEqual() throws Exception {
    Await.until("all nodes hold the same", Await.DEADLINE, this::seen, this::equal);
  }

  private String seen() {
    StringBuilder seen = new StringBuilder();
    for (Node node : nodes) {
      seen.append("\n")
          .append(node.name)
          .append(" ")
          .append(node.media.source().read().json());
      Map<String, String> content = node.content();
      seen.append(" ").append(content.size()).append(" files");
      if (content.size() < 50) {
        seen.append(" ").append(content);
      }
    }
    return seen.toString();
  }

  private boolean equal() {
    List<Node> up = nodes.stream().filter(node -> node.up).toList();
    if (!up.stream().allMatch(Node::inSync)) {
      return false;
    }
    Map<String, String> first = up.get(0).content();
    for (Node node : up) {
      if (!node.content().equals(first)) {
        return false;
      }
    }
    return up.stream().allMatch(Node::inSync);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file :
          (Iterable<Path>) files.sorted(java.util.Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file); // a folder without files may be gone by itself
      }
    }
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.up = false);
    nodes.forEach(node -> node.media.close());
  }
}
