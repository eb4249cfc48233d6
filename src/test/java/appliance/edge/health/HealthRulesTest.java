package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.HealthConfig;
import appliance.config.SiteConfig;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Reach;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HealthRulesTest {

  private static final HealthRules RULES = HealthRules.of(HealthConfig.DEFAULTS);

  private static App app(String address) {
    HostPort there = HostPort.parse(address, 80);
    return new App(NodeId.random(), "web2", new Reach(there.asWritten(), Reach.Way.DIRECT));
  }

  @Test
  void it_is_asked_for_its_own_address_as_a_client_writes_that() {
    assertEquals("192.0.2.1:9000", RULES.question(app("192.0.2.1:9000")).host());
    assertEquals("shop:9000", RULES.question(app("shop:9000")).host());
    assertEquals(
        "[2001:db8:0:0:0:0:0:1]:9000", RULES.question(app("[2001:db8::1]:9000")).host());
  }

  @Test
  void that_of_a_site_is_asked_for_the_sites_host_and_path() {
    SiteConfig shop = new SiteConfig(
        "shop", List.of("*", "*.shop.example"), List.of(), Optional.empty(), Optional.empty());
    assertEquals("shop.example", RULES.of(shop).question(app("192.0.2.1:9000")).host());
    assertEquals("/", RULES.of(shop).question(app("192.0.2.1:9000")).path());
    assertEquals(
        "/up?x",
        RULES.of(shop.checkedAt("/up?x")).question(app("192.0.2.1:9000")).path());
  }
}
