package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApplicationUrlTest {

  @TempDir
  private Path folder;

  @Test
  void the_path_of_a_socket_is_no_longer_than_can_be_connected_to() throws IOException {
    Path longest = socket(ApplicationUrl.SOCKET_BYTES_MAX);
    assertEquals(List.of(), refused(longest));
    try (ServerSocketChannel php = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      php.bind(UnixDomainSocketAddress.of(longest));
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(longest))) {
        assertTrue(client.isConnected());
      }
    }
    Files.delete(longest);
  }

  @Test
  void a_longer_one_is_refused_in_bytes() throws IOException {
    Path longer = socket(ApplicationUrl.SOCKET_BYTES_MAX - 1).resolveSibling("\u00e9".repeat(60));
    List<String> told = refused(longer);
    assertEquals(1, told.size());
    assertTrue(told.get(0).endsWith("106 is the most a socket can have; give it a shorter one"));
    assertEquals(1, refused(socket(ApplicationUrl.SOCKET_BYTES_MAX + 1)).size());
  }

  private Path socket(int bytes) {
    return folder.resolve("x".repeat(bytes - folder.toString().length() - 1));
  }

  private static List<String> refused(Path socket) {
    List<String> told = new ArrayList<>();
    ApplicationUrl.check(List.of(URI.create("fastcgi+unix:" + socket)), told::add);
    return told;
  }
}
