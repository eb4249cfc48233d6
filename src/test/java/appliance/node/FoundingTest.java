package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.Lab;
import appliance.cluster.SeparateNode;
import appliance.cluster.join.VanishingCluster;
import appliance.config.BadConfig;
import appliance.config.Config;
import appliance.config.ConfigReader;
import appliance.config.LocalMachine;
import appliance.config.Setting;
import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.Ports;
import appliance.testing.TestSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
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

  @Test
  void what_was_not_made_while_the_cluster_was_to_be_given_up_is_made_and_told_when_it_is_not()
      throws Exception {
    Path secret = Files.createDirectories(seat.data()).resolve("given");
    TestSecret.write(secret);
    Lab.Seat elder = lab.seat("elder");
    Map<Setting, String> flags = new EnumMap<>(flags());
    flags.put(Setting.PEERS, elder.address().toString());
    flags.put(Setting.SECRET_FILE, secret.toString());
    Path aside = seat.data().resolve("cluster.given-up");
    try (Witness node = new Witness(config(flags), seat.id(), "test", console::add)) {
      node.start();
      BooleanSupplier gone = () -> {
        if (Files.notExists(aside)) {
          return false;
        }
        node.welcome(); // the cluster is no longer this node's, and not yet again
        console.add("gone");
        return true;
      };
      try (VanishingCluster other = new VanishingCluster(lab, elder, gone)) {
        other.open();
        Await.until("it is told", () -> told("Admin password: ") == 1);
      }
      assertEquals("gone", console.get(0), "nothing was told before");
      assertEquals(200, signIn());
    }
  }

  private Witness start() throws BadConfig {
    Witness node = new Witness(config(flags()), seat.id(), "test", console::add);
    node.start();
    node.welcome();
    return node;
  }

  private Map<Setting, String> flags() {
    return Map.of(
        Setting.JOIN, "test",
        Setting.NAME, seat.name(),
        Setting.DATA, seat.data().toString(),
        Setting.BIND, seat.address().host(),
        Setting.PORT, String.valueOf(seat.port()),
        Setting.ADMIN, "127.0.0.1:" + admin,
        Setting.WITNESS, "yes");
  }

  private static Config config(Map<Setting, String> flags) throws BadConfig {
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
