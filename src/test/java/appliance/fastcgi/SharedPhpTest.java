package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of sites that use one php-fpm. */
final class SharedPhpTest {

  private static final int CHILDREN = 4;

  @TempDir
  private Path root = Path.of("");

  private final PhpServers servers = new PhpServers();

  private FastCgi site(String name, String php, int connections) {
    FastCgiConfig config = FastCgiConfig.of(PhpAddress.parse(URI.create(php)), root);
    return new FastCgi(
        config.with(PhpLimits.connections(config.limits(), connections)), servers, name);
  }

  private static void assertShares(String with, int connections, FastCgi site) {
    Map<String, Object> told = site.status().json();
    assertEquals(with, told.get("sharedWith"));
    assertEquals(connections, told.get("connectionsShared"));
    assertEquals(CHILDREN, told.get("connectionsMax"));
  }

  @Test
  void each_names_the_others_and_says_that_its_connections_are_theirs() {
    FastCgi shop = site("shop", "fastcgi://127.0.0.1:9000", CHILDREN);
    assertShares("", 0, shop);
    FastCgi docs = site("docs", "fastcgi://127.0.0.1:9000", CHILDREN);
    FastCgi blog = site("blog", "fastcgi://127.0.0.1:9001", CHILDREN);
    assertShares("docs", CHILDREN, shop);
    assertShares("shop", CHILDREN, docs);
    assertShares("", 0, blog);
    site("wiki", "fastcgi://127.0.0.1:9000", CHILDREN);
    assertShares("docs, wiki", CHILDREN, shop);
  }

  @Test
  void they_have_one_number_of_connections_or_are_refused() {
    site("shop", "fastcgi://127.0.0.1:9000", CHILDREN);
    site("blog", "fastcgi://127.0.0.1:9001", 1);
    String why = assertThrows(
            IllegalArgumentException.class, () -> site("docs", "fastcgi://127.0.0.1:9000", 1))
        .getMessage();
    assertEquals(
        "docs grants fastcgi://127.0.0.1:9000 1 connections, but shop 4:"
            + " sites that use the same php have one number",
        why);
  }
}
