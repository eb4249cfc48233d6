package appliance.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where a process listens, as the kernel tells it (proc(5)). */
public final class ListeningSockets {

  private static final String LISTEN = "0A";
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final int WORD = 4;

  private ListeningSockets() {}

  /** The TCP sockets that the process has and that take connections. */
  public static List<InetSocketAddress> of(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    Set<String> own = new HashSet<>();
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      for (Path each : open.toList()) {
        own.add(target(each));
      }
    }
    List<InetSocketAddress> listening = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = process.resolve("net").resolve(table);
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields[STATE].equals(LISTEN) && own.contains("socket:[" + fields[INODE] + "]")) {
          listening.add(address(fields[LOCAL]));
        }
      }
    }
    return listening;
  }

  private static String target(Path open) throws IOException {
    try {
      return Files.readSymbolicLink(open).toString();
    } catch (java.nio.file.NoSuchFileException e) {
      return "closed meanwhile";
    }
  }

  /** Words of four bytes, each in the machine's order: the lowest first on all that this runs on. */
  private static InetSocketAddress address(String text) throws IOException {
    int colon = text.indexOf(':');
    byte[] bytes = HexFormat.of().parseHex(text.substring(0, colon));
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = bytes[i - i % WORD + WORD - 1 - i % WORD];
    }
    return new InetSocketAddress(
        InetAddress.getByAddress(address), Integer.parseInt(text.substring(colon + 1), 16));
  }
}
