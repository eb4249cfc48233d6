package appliance.cluster.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterFileTest {

  @Test
  void one_that_was_cut_short_is_named_with_what_to_do(@TempDir Path data) throws IOException {
    ClusterFile written = ClusterFile.of("shop", new UUID(3, 4), 5);
    written.write(data);
    assertEquals(Optional.of(written), ClusterFile.read(data));
    Path file = ClusterFile.path(data);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      IOException e = assertThrows(IOException.class, () -> ClusterFile.read(data));
      String said = String.valueOf(e.getMessage());
      assertTrue(said.startsWith(file + " is damaged: check"), said);
    }
  }
}
