package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the jar itself has to say to the JVM. */
@Tag("scenario")
final class JarTest {

  @Test
  void it_opens_what_large_files_are_sent_with() throws Exception {
    try (JarFile jar = new JarFile(System.getProperty("appliance.jar", ""))) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      assertEquals("java.base/sun.nio.ch", attributes.getValue("Add-Opens"));
    }
  }
}
