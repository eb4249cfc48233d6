package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.Setting;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainFlagsTest {

  @Test
  void a_plain_command_line_is_read_with_both_ways_of_writing_a_value() {
    assertEquals(
        Optional.of(new PlainFlags(
            Map.of(Setting.JOIN, "shop", Setting.SITE, "/srv/a b", Setting.APP, "http://h:1/?a=b"),
            Optional.of(Path.of("conf.yaml")))),
        read(
            "--join=shop", "--config", "conf.yaml", "--site", "/srv/a b", "--app=http://h:1/?a=b"));
  }

  @Test
  void an_application_may_be_given_again() {
    assertEquals(
        Optional.of(new PlainFlags(Map.of(Setting.APP, "http://a:1,http://b:2"), Optional.empty())),
        read("--app", "http://a:1", "--app=http://b:2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--join",
        "--join c --port",
        "--join c --join d",
        "--config a --config b",
        "--join c --pert 1",
        "--join c --port -1",
        "--join --port 1",
        "--join=",
        "--join c demo",
        "status --data x",
        "--join c --database-password secret",
        "@arguments",
        "--join @name",
        "--join \"c\"",
      })
  void whatever_is_not_plain_is_left_to_picocli(String line) {
    assertEquals(Optional.empty(), read(line.split(" ")));
  }

  private static Optional<PlainFlags> read(String... arguments) {
    return PlainFlags.of(arguments);
  }
}
