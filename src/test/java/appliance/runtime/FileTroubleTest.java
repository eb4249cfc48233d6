package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class FileTroubleTest {

  @Test
  void the_cause_is_told_where_the_exceptions_message_is_the_path_alone() {
    assertEquals(
        "/d/secret: permission denied, see who owns it",
        FileTrouble.of(new AccessDeniedException("/d/secret")));
    assertEquals(
        "/d: something else has that name", FileTrouble.of(new FileAlreadyExistsException("/d")));
    assertEquals("/d/secret: no such file", FileTrouble.of(new NoSuchFileException("/d/secret")));
  }

  @Test
  void a_full_disk_is_seen_wherever_it_is_the_cause() {
    IOException full = new FileSystemException("/d", null, "No space left on device");
    assertTrue(FileTrouble.isFull(full));
    assertTrue(FileTrouble.isFull(new IllegalStateException("the log", new IOException(full))));
    assertTrue(FileTrouble.isFull(new IOException("/d: Disk quota exceeded")));
    assertFalse(
        FileTrouble.isFull(new IOException("/d: Read-only file system", new EOFException())));
    IOException circle = new IOException("a", full);
    IOException other = new IOException("b");
    other.initCause(new IOException("c", other));
    assertFalse(FileTrouble.isFull(other));
    assertTrue(FileTrouble.isFull(circle));
  }

  @Test
  void any_other_keeps_its_own_words() {
    assertEquals(
        "/d: Read-only file system",
        FileTrouble.of(new FileSystemException("/d", null, "Read-only file system")));
    assertEquals("disk", FileTrouble.of(new IOException("disk")));
    assertEquals("java.io.EOFException", FileTrouble.of(new EOFException()));
  }
}
