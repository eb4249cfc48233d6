package appliance.node;

import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What would fail later is found out before a cluster is founded or joined. */
final class StartChecks {

  private StartChecks() {}

  /**
   * Binds {@code address} for a moment.
   *
   * @throws StartFailure if that fails, with the flag to change
   */
  static void port(String setting, HostPort address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address.socketAddress());
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      // All else may be over at a later start: an address or a name that is not there yet, too.
      boolean forbidden = why.contains("Permission");
      throw new StartFailure(
          forbidden ? ExitCode.BAD_CONFIG : ExitCode.PORT_TAKEN,
          setting + " " + address + " cannot be listened on (" + why + "): " + remedy(why)
              + "choose another --" + setting + " ADDR:PORT",
          e);
    }
  }

  private static String remedy(String why) {
    if (why.contains("in use")) {
      return "stop the program that has it, or ";
    }
    if (why.contains("Cannot assign")) {
      return "it is no address of this machine; give it that, or ";
    }
    if (why.contains("Unresolved")) {
      return "its name is not known here; write an address, or ";
    }
    return why.contains("Permission")
        ? "ports below 1024 need the capability CAP_NET_BIND_SERVICE, which the service has; start it as that, or "
        : "";
  }

  /**
   * Makes {@code folder} if it is not there, and writes to it.
   *
   * @throws StartFailure if that fails, with the flag to change
   */
  static void folder(String setting, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".appliance-", ".check"));
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG,
          "--" + setting + " " + folder + " cannot be written (" + FileTrouble.of(e)
              + "): give a folder that this user may write to",
          e);
    }
  }

  /**
   * Opens {@code file} to write to it, and makes it if it is not there.
   *
   * @throws StartFailure if that fails: who asks for a log of all requests is to have it
   */
  static void accessLog(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
      FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
          .close();
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.BAD_CONFIG,
          "--access-log " + file + " cannot be written (" + FileTrouble.of(e)
              + "): give a file in a folder that this user may write to, as /var/log/appliance/access.log",
          e);
    }
  }
}
