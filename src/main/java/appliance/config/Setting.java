package appliance.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set, each with one name: {@code port} in the file, {@code --port} as a flag,
 * {@code APPLIANCE_PORT} in the environment.
 */
public enum Setting {
  JOIN("NAME", "", "The cluster to join, or to found if nobody answers."),
  NAME("NODE", "", "This node's name, unique in the cluster. Default: the host's name."),
  DATA("DIR", "appliance-data", "The folder for all that must survive a restart."),
  BIND(
      "ADDRESS",
      "",
      "The address where other nodes reach this one. Default: the first of the LAN."),
  PORT("PORT", "7800", "Cluster traffic uses this port and the nine above it."),
  PEERS("LIST", "", "Nodes to look for: host[:port],... Default: multicast on the LAN."),
  EXPECT("N", "1", "Found the cluster only when N nodes are here. The same on all nodes."),
  WITNESS("", "no", "Only vote: the third machine for two that serve. Give it 128 MB."),
  FAILOVER(
      "safe|fast",
      "safe",
      "When a node without contact is declared dead: after 2.5 s, or 1 s. The same on all nodes."),
  PRIORITY("NUMBER", "100", "The higher, the sooner this node becomes master: 0 to 1000."),
  SECRET_FILE(
      "FILE",
      "",
      "The cluster's join secret, from DATA/secret of a member. Without it a node asks to join."),
  HTTP("ADDR:PORT", "0.0.0.0:8080", "Where the public is served."),
  HTTPS("ADDR:PORT", "", "Where the public is served over TLS, with HTTP/2; needs certificates."),
  CERTIFICATES(
      "LIST",
      "",
      "PEM files with a chain and its key, or folders of them; read again when they change."),
  HTTPS_REDIRECT("PORT", "0", "Redirect http requests to https on this port; 0: do not."),
  HSTS("TIME", "0s", "How long browsers shall use only https, from each https response on."),
  COMPRESSION(
      "on|off", "off", "Compress by gzip what applications answer; files are compressed anyway."),
  TRUSTED_PROXIES(
      "LIST",
      "",
      "Networks of load balancers before this node: their word on the client's address counts."),
  PROXY_PROTOCOL(
      "on|off",
      "off",
      "Whether connections of load balancers begin with a PROXY header, v1 or v2."),
  HEADER_KILOBYTES("COUNT", "32", "The largest request head, in KB."),
  HEADERS("COUNT", "100", "The most header fields that a request may have."),
  HEADER_TIMEOUT(
      "TIME", "15s", "The longest time for a request's head to arrive, or for a TLS handshake."),
  BODY_MEGABYTES("COUNT", "1024", "The largest request body, in MB; else 413."),
  BODY_TIMEOUT("TIME", "60s", "The longest time for each 8 KB of a request body; else 408."),
  REQUESTS_PER_CONNECTION(
      "COUNT", "1000", "A connection is closed after this many requests; 0: never for that."),
  ERROR_PAGES("DIR", "", "Your own error pages: 404.html, 502.html, 503.html and 504.html."),
  ADMIN("ADDR:PORT", "0.0.0.0:8090", "Where the admin UI is served."),
  SITE("DIR", "", "The document root: files that every node serves itself."),
  MEDIA("DIR", "", "The folder that is kept equal on all nodes."),
  MEDIA_PATH(
      "PATH",
      "",
      "Where the public finds the media. Default: its place below the site, or /media/."),
  APP(
      "URL",
      "",
      "This node's application, or several (--app again, or commas): http://host:port,"
          + " fastcgi://host:port, fastcgi+unix:/path."),
  APP_HEALTH_PATH("PATH", "/", "The path of the health check of each application."),
  APP_HEALTH_INTERVAL("TIME", "1s", "The time between two health checks."),
  APP_HEALTH_TIMEOUT("TIME", "2s", "How long a health check may take."),
  APP_HEALTH_FALL("COUNT", "3", "Failed health checks in a row that take an application out."),
  APP_HEALTH_RISE("COUNT", "2", "Good health checks in a row that bring an application back."),
  APP_CONNECTIONS("COUNT", "1024", "Connections at a time to one application that speaks HTTP."),
  PHP_CONNECTIONS("COUNT", "5", "The same to one php-fpm: no more than its pm.max_children."),
  APP_QUEUE("COUNT", "2048", "Requests that may wait for a free connection to one."),
  APP_QUEUE_TIMEOUT("TIME", "30s", "How long each may wait for it; then 503."),
  APP_CONNECT_TIMEOUT("TIME", "2s", "To open a connection to an application."),
  APP_RESPONSE_TIMEOUT("TIME", "60s", "From a request to the first byte of its answer; else 504."),
  APP_IDLE_TIMEOUT("TIME", "60s", "Between two bytes of an answer; then it is cut."),
  APP_TOTAL_TIMEOUT("TIME", "0s", "From a request to the end of its answer; 0s: no limit."),
  APP_ABORT(
      "on|off",
      "on",
      "Whether requests that wait, and reads under way, are given up when their client goes away."),
  EJECT_AFTER(
      "COUNT", "5", "Failed requests in a row that take an application out for a while; 0: never."),
  EJECT_TIME(
      "TIME", "30s", "How long an application is out; each further time in a row adds as much."),
  EJECT_STATUSES(
      "LIST", "502,503,504", "Response statuses that count as failed requests; or none."),
  DRAIN_TIME(
      "TIME", "10m", "How long a draining node waits for running requests; then they are cut."),
  CONNECTIONS_PER_CLIENT(
      "COUNT", "0", "Open connections that a client address may have; 0: any number."),
  REQUESTS_PER_CLIENT(
      "RATE", "off", "Requests that a client address may make: 20/s, 600/m; or off."),
  ACCESS_LOG("FILE", "off", "Where each public request is logged; or off."),
  ACCESS_LOG_FORMAT("FORMAT", "combined", "combined or json."),
  ACCESS_LOG_MEGABYTES(
      "COUNT", "500", "The size of the access log and its nine older files together, in MB."),
  BALANCE(
      "METHOD", "round-robin", "round-robin, least-connections, latency, client, or header:NAME."),
  WEIGHT("1..100", "1", "This node's share of the requests, relative to the other nodes' weights."),
  LOCAL_FIRST(
      "COUNT", "0", "Prefer this node's own application while it has fewer requests; 0: never."),
  STICKY(
      "off|on|cookie:NAME",
      "off",
      "Keep clients with one application: all (on), or those with a cookie."),
  SLOW_START(
      "TIME", "10s", "How long a returning application takes to get its full share; 0s: at once."),
  ADMIN_HOSTS(
      "LIST",
      "admin.",
      "Hosts that only the master's application serves; admin. stands for admin.*"),
  WRITE_METHODS(
      "LIST",
      "POST,PUT,PATCH,DELETE",
      "Methods that count as writes and wait for a master. The same on all nodes."),
  DATABASE("URL", "none", "The master database: mysql://user:password@host:port/schema, or none."),
  DATABASE_PASSWORD("TEXT", "", "The database password. Better: --database-password-file."),
  DATABASE_PASSWORD_FILE("FILE", "", "A file whose first line is the database password.");

  private static final String LIST = "LIST";

  private final String label;
  private final String fallback;
  private final String description;

  Setting(String label, String fallback, String description) {
    this.label = label;
    this.fallback = fallback;
    this.description = description;
  }

  /** As in the file: {@code admin-hosts}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String flag() {
    return "--" + key();
  }

  public String environment() {
    return "APPLIANCE_" + name();
  }

  /** What stands for the value in the help. */
  public String label() {
    return label;
  }

  /** The value if nothing is set; empty if there is none, or if it depends on the machine. */
  public String fallback() {
    return fallback;
  }

  public String description() {
    return description;
  }

  /** Whether the value must not be shown to anyone. */
  public boolean isSecret() {
    return this == DATABASE_PASSWORD;
  }

  /** Whether the flag may be given several times: the values are then one list. */
  public boolean isRepeatable() {
    return this == APP || label.equals(LIST);
  }

  /** Whether the flag alone says yes: {@code --witness}. */
  public boolean isSwitch() {
    return this == WITNESS;
  }

  public static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key().equals(key)).findFirst();
  }
}
