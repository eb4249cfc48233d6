package appliance.runtime;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Why a file cannot be used, for an operator: the JDK's own message is the path alone in the commonest cases. */
public final class FileTrouble {

  /** {@code strerror(3)} of ENOSPC and EDQUOT: the JDK has no exception of its own for them. */
  private static final List<String> FULL =
      List.of("No space left on device", "Disk quota exceeded");

  /** More than any has, unless they go round in a circle. */
  private static final int CAUSES_MAX = 20;

  private FileTrouble() {}

  /**
   * Whether a full disk is behind it, which often clears by itself. Where the system tells that in other words than
   * English ones it is not seen.
   */
  public static boolean isFull(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      String message = Objects.requireNonNullElse(cause.getMessage(), "");
      if (FULL.stream().anyMatch(message::contains)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** Of a disk that has hardly any room left, as the system tells of one that has none. */
  public static IOException full(Path folder) {
    return new IOException(folder + ": " + FULL.get(0));
  }

  public static String of(Exception e) {
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied, see who owns it";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file";
    }
    if (e instanceof FileAlreadyExistsException other) {
      return other.getFile() + ": something else has that name";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }
}
