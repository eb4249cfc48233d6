package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.NodeId;
import appliance.model.Shortage;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class MasterLogTest {

  private static final NodeId SELF = new NodeId(new UUID(0, 1));

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Cluster.class);

  @BeforeEach
  void open() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void close() {
    logger.detachAppender(lines);
  }

  private static ClusterView view(boolean quorum, Shortage shortage) {
    return new ClusterView(
        "shop",
        SELF,
        new Epoch(1),
        Optional.empty(),
        quorum,
        List.of(),
        shortage,
        "",
        false,
        Optional.empty());
  }

  @Test
  void a_majority_that_is_lost_is_told_once_with_who_is_missing_and_what_to_do() {
    ClusterView whole = view(true, Shortage.NONE);
    ClusterView alone = view(false, new Shortage(3, List.of("web2", "web3"), false));
    MasterLog.changed(view(false, Shortage.NONE), alone, false); // as at a start: not yet there
    MasterLog.changed(whole, alone, true); // as at an end in order: the others end, too
    assertEquals(List.of(), lines.list);
    MasterLog.changed(whole, alone, false);
    MasterLog.changed(alone, alone, false);
    assertEquals(
        List.of(
            "The majority is lost, and with it the master: " + alone.shortage().words()),
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }
}
