package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.Lab;
import appliance.cluster.SeparateNode;
import appliance.config.BadConfig;
import appliance.config.Config;
import appliance.config.ConfigReader;
import appliance.config.LocalMachine;
import appliance.config.Setting;
import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.Ports;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first password, of a node that is killed when it has founded its cluster; a witness, as it is small. */
final class FoundingTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final Lab.Seat seat = lab.seat("a");
  private final int admin = Ports.free();
  private final List<String> console = new CopyOnWriteArrayList<>();

  @Test
  void a_founder_that_is_killed_before_it_has_a_password_makes_and_tells_one_at_its_next_start()
      throws Exception {
    SeparateNode founder = lab.process("a"); // makes none
    founder.awaitStarted();
    founder.kill();

    try (Witness back = start()) {
      Await.until("it is told", () -> {
        back.welcome();
        return told("Admin password: ") == 1;
      });
      assertEquals(200, signIn(), "it is the one that counts");
      back.welcome();
      assertEquals(1, told("Admin password: "), "it is told once");
    }
    start().close();
    assertEquals(1, told("Admin password: "), "and made once");
  }

  private Witness start() throws BadConfig {
    Witness node = new Witness(config(), seat.id(), "test", console::add);
    node.start();
    node.welcome();
    return node;
  }

  private Config config() throws BadConfig {
    Map<Setting, String> flags = Map.of(
        Setting.JOIN, "test",
        Setting.NAME, seat.name(),
        Setting.DATA, seat.data().toString(),
        Setting.BIND, seat.address().host(),
        Setting.PORT, String.valueOf(seat.port()),
        Setting.ADMIN, "127.0.0.1:" + admin,
        Setting.WITNESS, "yes");
    return new ConfigReader(Map.of(), () -> new LocalMachine("a", "127.0.0.1"))
        .read(flags, Optional.empty());
  }

  private long told(String what) {
    return console.stream().filter(line -> line.startsWith(what)).count();
  }

  private int signIn() throws Exception {
    String password = console.stream()
        .filter(line -> line.startsWith("Admin password: "))
        .map(line -> line.split(" +", 4)[2])
        .findFirst()
        .orElseThrow();
    byte[] body = ("{\"password\": \"" + password + "\"}").getBytes(StandardCharsets.UTF_8);
    Map<String, String> json = Map.of("content-type", "application/json");
    try (Http http = new Http(admin)) {
      return http.send("POST", "/api/login", json, body).status();
    }
  }
}
