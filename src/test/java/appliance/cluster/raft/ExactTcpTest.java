package appliance.cluster.raft;

import appliance.testing.Await;
import java.time.Duration;
import org.jgroups.ObjectMessage;
import org.junit.jupiter.api.Test;

final class ExactTcpTest {

  @Test
  void a_member_that_takes_nothing_any_more_holds_up_no_view_without_it() throws Exception {
    try (SuspectedMember members = new SuspectedMember(Duration.ofMillis(100))) {
      members.sockets.stick();
      members.by.send(new ObjectMessage(members.suspected.getAddress(), "on its way"));
      members.sockets.awaitWrite();
      members.suspect(members.suspected.getAddress());
      Await.until("the view is another", () -> members.by.getView().size() == 1);
    }
  }
}
