package appliance.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads what the public side believes and grants its clients. */
record ClientSettings(Values values) {

  /** Room for what the edge adds to a head of 64 KB at most, on its way to an application. */
  private static final int HEAD_KILOBYTES_MAX = 60;

  private static final Duration YEARS = Duration.ofDays(10 * 365);

  ClientsConfig read() {
    List<Network> trusted = values
        .parse(
            Setting.TRUSTED_PROXIES,
            "write addresses or networks: 192.0.2.7,10.0.0.0/8,2001:db8::/32",
            text -> Values.items(text).stream().map(Network::parse).toList())
        .orElse(List.of());
    boolean proxyProtocol = values.onOrOff(Setting.PROXY_PROTOCOL);
    if (proxyProtocol && trusted.isEmpty()) {
      values.refuse(
          Setting.PROXY_PROTOCOL, "needs --trusted-proxies as well: who it is believed from");
    }
    int redirect = values.number(Setting.HTTPS_REDIRECT, 0, 65535);
    if (redirect > 0 && !values.has(Setting.HTTPS) && trusted.isEmpty()) {
      values.refuse(
          Setting.HTTPS_REDIRECT,
          "needs --https, or --trusted-proxies that speak TLS: nobody would answer there");
    }
    return new ClientsConfig(
        trusted,
        proxyProtocol,
        redirect,
        values.duration(Setting.HSTS, Duration.ZERO, YEARS),
        errorPages(),
        values.onOrOff(Setting.COMPRESSION),
        limits());
  }

  private Optional<Path> errorPages() {
    Optional<Path> folder = values.path(Setting.ERROR_PAGES);
    folder
        .filter(path -> !Files.isDirectory(path))
        .ifPresent(path ->
            values.refuse(Setting.ERROR_PAGES, "is not a folder; give one with a 503.html in it"));
    return folder;
  }

  private RequestLimits limits() {
    return new RequestLimits(
        values.number(Setting.HEADER_KILOBYTES, 4, HEAD_KILOBYTES_MAX) * 1024,
        values.number(Setting.HEADERS, 20, 1000),
        values.duration(Setting.HEADER_TIMEOUT, Duration.ofSeconds(1), Duration.ofMinutes(10)),
        values.number(Setting.BODY_MEGABYTES, 1, 1_000_000) * 1024L * 1024,
        values.duration(Setting.BODY_TIMEOUT, Duration.ofSeconds(1), Duration.ofMinutes(10)),
        values.number(Setting.REQUESTS_PER_CONNECTION, 0, 1_000_000));
  }
}
