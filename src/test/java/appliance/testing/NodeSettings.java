package appliance.testing;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a node of a test is started: ports and folders of its own on the loopback, and whatever flags and
 * environment the test adds. An empty value leaves the flag out.
 */
public record NodeSettings(
    String name,
    Path folder,
    int port,
    int httpPort,
    int adminPort,
    Map<String, String> flags,
    Map<String, String> environment) {

  public NodeSettings {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /** A node that would found a cluster of its own, named {@code test}. */
  public static NodeSettings of(String name, Path folder) {
    return new NodeSettings(
        name, folder, Ports.block(10), Ports.free(), Ports.free(), Map.of(), Map.of());
  }

  public NodeSettings with(String flag, String value) {
    Map<String, String> more = new LinkedHashMap<>(flags);
    more.put(flag, value);
    return new NodeSettings(name, folder, port, httpPort, adminPort, more, environment);
  }

  public NodeSettings withEnvironment(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new NodeSettings(name, folder, port, httpPort, adminPort, flags, more);
  }

  public NodeSettings withPeers(List<NodeSettings> peers) {
    return with(
        "--peers",
        peers.stream().map(peer -> "127.0.0.1:" + peer.port()).collect(Collectors.joining(",")));
  }

  public Path data() {
    return folder.resolve("data");
  }

  /** Written when the node is started. */
  Path secretFile() {
    return folder.resolve("join.secret");
  }

  public Path media() {
    return folder.resolve("media");
  }

  /** The command line's flags, those of the test last. */
  List<String> arguments() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("--join", "test");
    all.put("--name", name);
    all.put("--data", data().toString());
    all.put("--bind", "127.0.0.1");
    all.put("--port", String.valueOf(port));
    all.put("--secret-file", secretFile().toString());
    all.put("--http", "127.0.0.1:" + httpPort);
    all.put("--admin", "127.0.0.1:" + adminPort);
    all.putAll(flags);
    return all.entrySet().stream()
        .filter(flag -> !flag.getValue().isEmpty())
        .flatMap(flag -> List.of(flag.getKey(), flag.getValue()).stream())
        .toList();
  }
}
