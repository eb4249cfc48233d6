package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check makes of another node's relay, which a {@link RawApp} stands for. */
final class RelayedChecksTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "204: Appliance-Relay-Busy: 1\r\n",
        "503: Appliance-Relay-Unsent: full\r\nAppliance-Relay-Unsent-Kind: QUEUE\r\n"
      })
  void an_application_that_a_relay_calls_busy_is_neither_out_nor_back_for_that(String answer)
      throws Exception {
    try (RawApp own = RawApp.saying("own");
        RawApp relay = RawApp.saying("another node's");
        Site site = new Site(own, relay)) {
      site.application(1, Optional.of(URI.create("fastcgi://127.0.0.1:9000")));
      Site.await("the relay is asked", () -> relay.lastCheck.contains("Appliance-Relay-Check: 1"));
      Site.await("it is in", () -> site.edge.health(site.ids.get(1)).healthy());
      busy(relay, answer);
      assertTrue(site.edge.health(site.ids.get(1)).healthy());
      answers(relay, 500, "");
      Site.await("it is out", () -> reason(site).startsWith("status 500 at "));
      busy(relay, answer);
      assertTrue(reason(site).startsWith("status 500 at "), reason(site));
      answers(relay, 204, "");
      Site.await("it is back", () -> site.edge.health(site.ids.get(1)).healthy());
    }
  }

  @Test
  void one_that_is_reached_directly_is_judged_by_its_status_whatever_it_says() throws Exception {
    try (RawApp own = RawApp.saying("own");
        RawApp other = RawApp.saying("another node's");
        Site site = new Site(own, other)) {
      Site.await("it is in", () -> site.edge.health(site.ids.get(1)).healthy());
      answers(other, 500, "Appliance-Relay-Busy: 1\r\n");
      Site.await("it is out", () -> reason(site).startsWith("status 500 at "));
    }
  }

  @Test
  void an_application_behind_a_relay_does_not_learn_how_the_nodes_speak_with_each_other()
      throws Exception {
    try (RawApp app = RawApp.saying("there");
        SitePair pair = SitePair.apart(has(Optional.of(app.uri())), has(Optional.empty()))) {
      String relay = "Host: 127.0.0.1:" + pair.relayPort(SitePair.HERE) + "\r\n";
      List<String> checks = new CopyOnWriteArrayList<>();
      Site.await("a check comes by the relay", () -> {
        checks.add(0, app.lastCheck);
        return checks.get(0).contains(relay);
      });
      assertFalse(checks.get(0).contains("Appliance-"), checks.get(0));
    }
  }

  private static SitePair.Has has(Optional<URI> app) {
    return new SitePair.Has(app, Optional.empty(), List.of());
  }

  private static String reason(Site site) {
    return site.edge.health(site.ids.get(1)).reason();
  }

  private static void answers(RawApp app, int status, String lines) {
    app.healthStatus = status;
    app.healthLines = lines;
  }

  /** Returns when more such answers have been looked at than turn the tide. */
  private static void busy(RawApp relay, String answer) {
    answers(relay, Integer.parseInt(answer.substring(0, 3)), answer.substring(5));
    int before = relay.checks.get();
    Site.await("it has said so often", () -> relay.checks.get() > before + 5);
  }
}
