package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
  void any_other_keeps_its_own_words() {
    assertEquals(
        "/d: Read-only file system",
        FileTrouble.of(new FileSystemException("/d", null, "Read-only file system")));
    assertEquals("disk", FileTrouble.of(new IOException("disk")));
    assertEquals("java.io.EOFException", FileTrouble.of(new EOFException()));
  }
}
