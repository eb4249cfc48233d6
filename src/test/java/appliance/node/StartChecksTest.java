package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StartChecksTest {

  /** While a machine starts, neither may be there yet: a service is not to give up for that. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7,it is no address of this machine",
    "no-such-host.invalid,its name is not known here"
  })
  void an_address_that_is_not_there_yet_is_tried_again(String host, String told) {
    StartFailure failure =
        assertThrows(StartFailure.class, () -> StartChecks.port("http", new HostPort(host, 8080)));
    assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
    assertTrue(String.valueOf(failure.getMessage()).contains(told), failure.getMessage());
  }
}
