package appliance.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What this machine calls itself, for settings that were left out. */
public record LocalMachine(String name, String address) {

  /** Asks the system; loopback if there is no other network. */
  public static LocalMachine detect() {
    return new LocalMachine(hostName(), lanAddress().orElse("127.0.0.1"));
  }

  private static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A host that cannot resolve its own name still has to get one.
      name = "node";
    }
    return name.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
  }

  private static Optional<String> lanAddress() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(LocalMachine::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
          .map(InetAddress::getHostAddress)
          .findFirst();
    } catch (SocketException e) {
      return Optional.empty();
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback() && !network.isVirtual();
    } catch (SocketException e) {
      return false;
    }
  }
}
