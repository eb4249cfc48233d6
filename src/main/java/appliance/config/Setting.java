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
  EXPECT("N", "1", "Found the cluster only when N nodes are here; say the same on all of them."),
  WITNESS("", "no", "Only vote: the third machine for two that serve. Needs 80 to 110 MB."),
  FAILOVER(
      "safe|fast",
      "safe",
      "How soon silence counts as death: after 2.5 s, or after 1 s. The same on all nodes."),
  PRIORITY("NUMBER", "100", "The higher, the sooner this node becomes master: 0 to 1000."),
  SECRET_FILE(
      "FILE",
      "",
      "The cluster's join secret, from DATA/secret of a member. Without it a node asks to join."),
  HTTP("ADDR:PORT", "0.0.0.0:8080", "Where the public is served."),
  HTTPS(
      "ADDR:PORT", "", "Where the public is served over TLS, HTTP/2 included; needs certificates."),
  CERTIFICATES(
      "LIST",
      "",
      "PEM files with a chain and its key, or folders of them; read again when they change."),
  HTTPS_REDIRECT("PORT", "0", "The port of https that requests over http are sent to; 0: none is."),
  HSTS("TIME", "0s", "For how long browsers shall use https only, from each answer over it."),
  TRUSTED_PROXIES(
      "LIST",
      "",
      "Networks of load balancers before this node, who may say where a request came from."),
  PROXY_PROTOCOL("on|off", "off", "Whether their connections begin with a PROXY header, v1 or v2."),
  HEADER_KILOBYTES("COUNT", "32", "The longest head of a request."),
  HEADERS("COUNT", "100", "The most fields in it."),
  HEADER_TIMEOUT("TIME", "15s", "From its first byte to its last; also for a TLS handshake."),
  BODY_MEGABYTES("COUNT", "1024", "The longest body of a request."),
  BODY_TIMEOUT("TIME", "60s", "For each 8 KB of a body to come; else 408."),
  REQUESTS_PER_CONNECTION(
      "COUNT", "1000", "Then a connection is closed; 0: as many as the client likes."),
  ERROR_PAGES(
      "DIR", "", "Pages of your own for what the edge itself answers: 404, 502, 503 and 504.html."),
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
  APP_HEALTH_PATH("PATH", "/", "What an application is asked to learn whether it works."),
  APP_HEALTH_INTERVAL("TIME", "1s", "From the end of one such check to the next."),
  APP_HEALTH_TIMEOUT("TIME", "2s", "How long a check may take."),
  APP_HEALTH_FALL("COUNT", "3", "Failed checks in a row that take an application out."),
  APP_HEALTH_RISE("COUNT", "2", "Good checks in a row that bring it back."),
  EJECT_AFTER("COUNT", "5", "Failed requests in a row that take one out for a while; 0: never."),
  EJECT_TIME("TIME", "30s", "For how long; each further time in a row adds as much."),
  EJECT_STATUSES("LIST", "502,503,504", "Answers of an application that count as failed; or none."),
  DRAIN_TIME("TIME", "10m", "How long a node that drains waits for running requests."),
  CONNECTIONS_PER_CLIENT("COUNT", "0", "How many an address may have open at a time; 0: any."),
  REQUESTS_PER_CLIENT("RATE", "off", "How many an address may make: 20/s, 600/m; or off."),
  ACCESS_LOG("FILE", "off", "Where each request of the public is written to, or off."),
  ACCESS_LOG_FORMAT("FORMAT", "combined", "combined or json."),
  ACCESS_LOG_MEGABYTES("COUNT", "500", "How large it and its nine older files become."),
  BALANCE(
      "METHOD", "round-robin", "round-robin, least-connections, latency, client, or header:NAME."),
  WEIGHT("1..100", "1", "This node's share of the requests, against the others' weights."),
  LOCAL_FIRST(
      "COUNT", "0", "Prefer the node's own application until it has so many requests; 0: never."),
  STICKY(
      "off|on|cookie:NAME", "off", "Keep a client with one application: all, or who has a cookie."),
  SLOW_START("TIME", "10s", "How long a returning application's share grows; 0s: at once."),
  ADMIN_HOSTS(
      "LIST",
      "admin.",
      "Hosts that only the master's application serves; admin. stands for admin.*"),
  WRITE_METHODS(
      "LIST",
      "POST,PUT,PATCH,DELETE",
      "Methods that may change something: such requests wait for a master. The same on all nodes."),
  DATABASE("URL", "none", "The master database: mysql://user:password@host:port/schema, or none."),
  DATABASE_PASSWORD("TEXT", "", "Its password, to keep it out of the URL. Better: the file."),
  DATABASE_PASSWORD_FILE("FILE", "", "A file whose first line is its password.");

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
    return this == APP;
  }

  /** Whether the flag alone says yes: {@code --witness}. */
  public boolean isSwitch() {
    return this == WITNESS;
  }

  public static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key().equals(key)).findFirst();
  }
}
