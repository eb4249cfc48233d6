package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How requests are shared out, judged and told of. */
final class TrafficSettingsTest {

  @Test
  void every_setting_reaches_its_record() throws BadConfig {
    Map<Setting, String> flags = applicationFlags();
    flags.put(Setting.APP_HEALTH_PATH, "/healthz");
    flags.put(Setting.APP_HEALTH_INTERVAL, "500ms");
    flags.put(Setting.APP_HEALTH_TIMEOUT, "1m");
    flags.put(Setting.APP_HEALTH_FALL, "4");
    flags.put(Setting.APP_HEALTH_RISE, "1");
    flags.put(Setting.EJECT_AFTER, "9");
    flags.put(Setting.EJECT_TIME, "1h");
    flags.put(Setting.EJECT_STATUSES, "500,503");
    flags.put(Setting.ACCESS_LOG, "/var/log/access.log");
    flags.put(Setting.ACCESS_LOG_FORMAT, "json");
    flags.put(Setting.ACCESS_LOG_MEGABYTES, "20");
    flags.put(Setting.CONNECTIONS_PER_CLIENT, "30");
    flags.put(Setting.REQUESTS_PER_CLIENT, "600/m");
    flags.put(Setting.DRAIN_TIME, "45s");
    flags.put(Setting.BALANCE, "header:X-Tenant");
    flags.put(Setting.WEIGHT, "3");
    flags.put(Setting.LOCAL_FIRST, "20");
    flags.put(Setting.SLOW_START, "0s");
    flags.put(Setting.STICKY, "cookie:PHPSESSID");
    flags.put(Setting.WRITE_METHODS, "PUT, MKCOL");
    assertEquals(
        new TrafficConfig(
            new BalanceConfig(
                new Balance(Balance.Method.HEADER, "X-Tenant"),
                3,
                20,
                Duration.ZERO,
                new Sticky(Sticky.Mode.APPLICATION, "PHPSESSID")),
            new HealthConfig(
                Optional.of("/healthz"),
                Duration.ofMillis(500),
                Duration.ofMinutes(1),
                new HealthConfig.Checks(4, 1),
                new HealthConfig.Ejection(9, Duration.ofHours(1), Set.of(500, 503))),
            new AccessLogConfig(
                Optional.of(Path.of("/var/log/access.log")), AccessLogConfig.Format.JSON, 20),
            new ClientQuota(30, 600, Duration.ofMinutes(1)),
            Duration.ofSeconds(45),
            Set.of("PUT", "MKCOL"),
            new AppLimits(
                64,
                50,
                new AppLimits.Queue(0, Duration.ofSeconds(10)),
                new AppLimits.Timeouts(
                    Duration.ofMillis(500),
                    Duration.ofMinutes(9),
                    Duration.ofMinutes(2),
                    Duration.ofHours(1)),
                false)),
        read(flags));
  }

  private static Map<Setting, String> applicationFlags() {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.APP_CONNECTIONS, "64");
    flags.put(Setting.PHP_CONNECTIONS, "50");
    flags.put(Setting.APP_QUEUE, "0");
    flags.put(Setting.APP_QUEUE_TIMEOUT, "10s");
    flags.put(Setting.APP_CONNECT_TIMEOUT, "500ms");
    flags.put(Setting.APP_RESPONSE_TIMEOUT, "9m");
    flags.put(Setting.APP_IDLE_TIMEOUT, "2m");
    flags.put(Setting.APP_TOTAL_TIMEOUT, "1h");
    flags.put(Setting.APP_ABORT, "off");
    return flags;
  }

  @ParameterizedTest
  @CsvSource({
    "BALANCE,random",
    "BALANCE,header",
    "BALANCE,header:a b",
    "WEIGHT,0",
    "WEIGHT,101",
    "SLOW_START,10",
    "SLOW_START,2h",
    "STICKY,cookie:a;b",
    "EJECT_STATUSES,404",
    "WRITE_METHODS,post",
    "WRITE_METHODS,GET",
    "WRITE_METHODS,a b",
    "EJECT_TIME,10ms",
    "APP_CONNECTIONS,0",
    "PHP_CONNECTIONS,0",
    "APP_QUEUE,-1",
    "APP_QUEUE_TIMEOUT,0s",
    "APP_CONNECT_TIMEOUT,11m",
    "APP_RESPONSE_TIMEOUT,0s",
    "APP_IDLE_TIMEOUT,0s",
    "APP_TOTAL_TIMEOUT,2d",
    "APP_ABORT,maybe",
    "APP_HEALTH_INTERVAL,1ms",
    "REQUESTS_PER_CLIENT,20",
    "REQUESTS_PER_CLIENT,0/s",
    "CONNECTIONS_PER_CLIENT,-1",
    "ACCESS_LOG,/tmp",
    "ACCESS_LOG_FORMAT,xml"
  })
  void a_wrong_value_is_refused_with_what_to_write(Setting setting, String value) {
    BadConfig bad = assertThrows(BadConfig.class, () -> read(Map.of(setting, value)));
    assertTrue(String.valueOf(bad.getMessage()).contains(setting.flag()), bad.getMessage());
  }

  private static TrafficConfig read(Map<Setting, String> flags) throws BadConfig {
    Map<Setting, String> all = new EnumMap<>(flags);
    all.put(Setting.JOIN, "c");
    return new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.9"))
        .read(all, Optional.empty())
        .edge()
        .traffic();
  }
}
