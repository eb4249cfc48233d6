package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class StartCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void every_wrong_value_is_told_at_once_and_nothing_is_started() {
    int code = run("--name", "a b", "--port", "x", "--http", "y");
    assertEquals(2, code);
    assertEquals("""
        appliance: --join: is missing; name the cluster to join or to found
        appliance: --name 'a b': write 1 to 63 letters, digits, '.', '_' or '-'
        appliance: --port 'x': write a port from 1 to 65526
        appliance: --http 'y': write ADDRESS:PORT, for example 0.0.0.0:8080
        """, err.toString());
  }

  @Test
  void an_application_may_be_given_again_whatever_else_is_on_the_command_line() {
    assertEquals(2, run("--app", "ftp://x", "--join", "a b", "--app=http://y", "--app", "z"));
    assertEquals("""
        appliance: --join 'a b': write 1 to 63 letters, digits, '.', '_' or '-'
        appliance: --app 'ftp://x': write http://host:port, fastcgi://host:port or\
         fastcgi+unix:/path/of/the.sock, or a list of them
        appliance: --app 'z': write http://host:port, fastcgi://host:port or\
         fastcgi+unix:/path/of/the.sock, or a list of them
        """, err.toString());
  }

  @Test
  void a_list_s_option_may_be_given_again() {
    assertEquals(2, run("--join", "c", "--peers", "192.0.2.1", "--peers", "x y"));
    assertTrue(err.toString().startsWith("appliance: --peers "), err.toString());
  }

  @Test
  void an_unknown_option_is_named_with_the_one_that_was_meant() {
    assertEquals(2, run("--join", "c", "--pert", "1"));
    assertTrue(err.toString().contains("'--pert'"), err.toString());
    assertTrue(err.toString().contains("Possible solutions: --peers"), err.toString());
  }

  @Test
  void what_is_wrong_is_not_buried_under_the_usage() {
    assertEquals(2, run("--join", "c", "--name", "a", "--name", "b"));
    assertEquals("""
        appliance: option '--name' (NODE) should be specified only once
        All commands and options: java -jar appliance.jar --help
        """, err.toString());
  }

  @Test
  void a_command_s_usage_follows_what_is_wrong_with_it() {
    assertEquals(2, run("drain"));
    assertTrue(
        err.toString().startsWith("appliance: Missing required parameter: 'NODE'\nUsage: "),
        err.toString());
  }

  @Test
  void a_missing_file_of_settings_is_named() {
    assertEquals(2, run("--join", "c", "--config", "/no/such.yaml"));
    assertTrue(
        err.toString().startsWith("appliance: --config '/no/such.yaml': cannot be read"),
        err.toString());
  }

  @Test
  void help_shows_every_setting_but_no_secret() {
    assertEquals(0, run("--help"));
    for (Setting setting : Setting.values()) {
      assertEquals(
          !setting.isSecret(),
          out.toString().contains(setting.flag() + (setting.isSwitch() ? "" : "=")),
          setting.flag());
    }
  }

  @Test
  void version_prints_one_line() {
    assertEquals(0, run("version"));
    assertEquals("appliance development\n", out.toString());
  }

  private int run(String... args) {
    CommandLine line = Appliance.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
