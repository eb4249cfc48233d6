package appliance.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a {@link TrafficConfig}. */
record TrafficSettings(Values values) {

  private static final String BALANCE_FIX =
      "write round-robin, least-connections, latency, client, or header:NAME";
  private static final String RATE_FIX = "write off, or a rate such as 20/s or 600/m";
  private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,5})/([sm])");
  private static final String STICKY_FIX = "write off, on, or cookie:NAME";
  private static final String STATUSES_FIX = "write statuses from 500 to 599: 502,503,504; or none";
  private static final String METHODS_FIX =
      "write methods in capitals, without GET, HEAD and OPTIONS, which only read:"
          + " POST,PUT,PATCH,DELETE; or none";
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Duration HOUR = Duration.ofHours(1);

  TrafficConfig read() {
    return new TrafficConfig(
        balance(), health(), accessLog(), quota(), drainTime(), writeMethods(), apps());
  }

  private AppLimits apps() {
    Duration shortest = Duration.ofMillis(100);
    Duration silent = Duration.ofMinutes(9); // in the tenth a client's silent connection is closed
    return new AppLimits(
        values.number(Setting.APP_CONNECTIONS, 1, 100_000),
        values.number(Setting.PHP_CONNECTIONS, 1, 10_000),
        new AppLimits.Queue(
            values.number(Setting.APP_QUEUE, 0, 1_000_000),
            values.duration(Setting.APP_QUEUE_TIMEOUT, shortest, HOUR)),
        new AppLimits.Timeouts(
            values.duration(Setting.APP_CONNECT_TIMEOUT, shortest, silent),
            values.duration(Setting.APP_RESPONSE_TIMEOUT, shortest, silent),
            values.duration(Setting.APP_IDLE_TIMEOUT, shortest, silent),
            values.duration(Setting.APP_TOTAL_TIMEOUT, Duration.ZERO, Duration.ofDays(1))),
        values.onOrOff(Setting.APP_ABORT));
  }

  private Set<String> writeMethods() {
    return values
        .parse(Setting.WRITE_METHODS, METHODS_FIX, this::methods)
        .orElse(TrafficConfig.WRITE_METHODS);
  }

  private Set<String> methods(String text) {
    if (text.equals("none")) {
      return Set.of();
    }
    List<String> methods = values.list(Setting.WRITE_METHODS);
    boolean sound = methods.stream()
        .allMatch(method -> method.matches("[A-Z][A-Z-]{0,31}") && !READS.contains(method));
    if (!sound) {
      throw new IllegalArgumentException("not methods that write");
    }
    return Set.copyOf(methods);
  }

  private BalanceConfig balance() {
    return new BalanceConfig(
        values
            .parse(Setting.BALANCE, BALANCE_FIX, TrafficSettings::method)
            .orElse(Balance.ROUND_ROBIN),
        values.number(Setting.WEIGHT, 1, BalanceConfig.WEIGHT_MAX),
        values.number(Setting.LOCAL_FIRST, 0, 10_000),
        values.duration(Setting.SLOW_START, Duration.ZERO, HOUR),
        values.parse(Setting.STICKY, STICKY_FIX, TrafficSettings::sticky).orElse(Sticky.OFF));
  }

  private static Sticky sticky(String text) {
    if (text.matches("cookie:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")) {
      return new Sticky(Sticky.Mode.APPLICATION, text.substring("cookie:".length()));
    }
    return switch (text) {
      case "off" -> Sticky.OFF;
      case "on" -> new Sticky(Sticky.Mode.ON, "");
      default -> throw new IllegalArgumentException("none of the three");
    };
  }

  private static Balance method(String text) {
    if (text.startsWith("header:")) {
      String header = text.substring("header:".length());
      if (!header.matches("[A-Za-z0-9-]{1,64}")) {
        throw new IllegalArgumentException("not a header's name");
      }
      return new Balance(Balance.Method.HEADER, header);
    }
    Balance.Method method = Balance.Method.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    if (method == Balance.Method.HEADER) {
      throw new IllegalArgumentException("which header?");
    }
    return new Balance(method, "");
  }

  private Duration drainTime() {
    return values.duration(Setting.DRAIN_TIME, Duration.ofSeconds(1), Duration.ofDays(1));
  }

  private ClientQuota quota() {
    int connections = values.number(Setting.CONNECTIONS_PER_CLIENT, 0, 1_000_000);
    return values
        .parse(Setting.REQUESTS_PER_CLIENT, RATE_FIX, TrafficSettings::rate)
        .map(rate -> new ClientQuota(connections, rate.requests(), rate.per()))
        .orElse(new ClientQuota(connections, 0, ClientQuota.NONE.per()));
  }

  private static ClientQuota rate(String text) {
    Matcher rate = RATE.matcher(text);
    if (text.equals("off")) {
      return ClientQuota.NONE;
    }
    if (!rate.matches()) {
      throw new IllegalArgumentException("neither off nor a rate");
    }
    Duration per = rate.group(2).equals("s") ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
    return new ClientQuota(0, Integer.parseInt(rate.group(1)), per);
  }

  private AccessLogConfig accessLog() {
    Optional<Path> file = values.text(Setting.ACCESS_LOG).equals("off")
        ? Optional.empty()
        : values.path(Setting.ACCESS_LOG);
    file.filter(Files::isDirectory)
        .ifPresent(
            folder -> values.refuse(Setting.ACCESS_LOG, "is a folder; name a file in it, or off"));
    return new AccessLogConfig(
        file,
        values
            .parse(Setting.ACCESS_LOG_FORMAT, "write combined or json", TrafficSettings::format)
            .orElse(AccessLogConfig.Format.COMBINED),
        values.number(Setting.ACCESS_LOG_MEGABYTES, 10, 1_000_000));
  }

  private static AccessLogConfig.Format format(String text) {
    return switch (text) {
      case "combined" -> AccessLogConfig.Format.COMBINED;
      case "json" -> AccessLogConfig.Format.JSON;
      default -> throw new IllegalArgumentException("neither");
    };
  }

  private HealthConfig health() {
    String path = values.text(Setting.APP_HEALTH_PATH);
    if (!path.matches("/[!-~]*")) {
      values.refuse(Setting.APP_HEALTH_PATH, "write a path that begins with /");
    }
    Duration shortest = Duration.ofMillis(100);
    return new HealthConfig(
        Optional.of(path).filter(given -> values.given(Setting.APP_HEALTH_PATH)),
        values.duration(Setting.APP_HEALTH_INTERVAL, shortest, HOUR),
        values.duration(Setting.APP_HEALTH_TIMEOUT, shortest, HOUR),
        new HealthConfig.Checks(
            values.number(Setting.APP_HEALTH_FALL, 1, 100),
            values.number(Setting.APP_HEALTH_RISE, 1, 100)),
        ejection());
  }

  private HealthConfig.Ejection ejection() {
    return new HealthConfig.Ejection(
        values.number(Setting.EJECT_AFTER, 0, 10_000),
        values.duration(Setting.EJECT_TIME, Duration.ofSeconds(1), HOUR),
        values.parse(Setting.EJECT_STATUSES, STATUSES_FIX, this::statuses).orElse(Set.of()));
  }

  private Set<Integer> statuses(String text) {
    if (text.equals("none")) {
      return Set.of();
    }
    return values.list(Setting.EJECT_STATUSES).stream()
        .map(TrafficSettings::status)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Integer status(String text) {
    int status = Integer.parseInt(text);
    if (status < 500 || status > 599) {
      throw new IllegalArgumentException("not a server error");
    }
    return status;
  }
}
