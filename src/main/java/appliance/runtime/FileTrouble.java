package appliance.runtime;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Why a file cannot be used, for an operator: the JDK's own message is the path alone in the commonest cases. */
public final class FileTrouble {

  private FileTrouble() {}

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
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }
}
