package appliance.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** What this machine calls itself. */
final class HostNames {

  private HostNames() {}

  /** The host name in lower case; {@code localhost} if there is none, or none fit for a certificate. */
  static String own() {
    try {
      String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
      return name.matches("[a-z0-9.-]{1,60}") ? name : "localhost";
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
