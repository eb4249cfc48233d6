package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.TestSecret;
import appliance.trust.Trust;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jgroups.protocols.Bundler;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the library does badly with its defaults, and must not do here again. */
final class RaftStackTest {

  @TempDir
  Path folder;

  private List<Protocol> protocols = List.of();

  @BeforeEach
  void build() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 7800);
    ExactRaft raft = new ExactRaft(List.of("A"), voters -> {}, (bytes, offset, length) -> true);
    Trust trust = Trust.open(folder, Optional.of(TestSecret.SECRET), Clock.systemUTC());
    RaftStack stack = new RaftStack(address, Timing.SAFE, new MemberSockets(trust), raft);
    DurableLog log = new DurableLog(folder.resolve("raft"), reason -> {});
    stack.configureRaft("A", log);
    protocols = List.of(stack.protocols(List.of(address), Duration.ofSeconds(1)));
  }

  private <T> T protocol(Class<T> type) {
    return protocols.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_node_that_cannot_be_reached_holds_up_the_others_messages_for_150_ms_at_most() {
    // A message to all is sent by one thread, which waits for each connection.
    TCP tcp = protocol(TCP.class);
    assertTrue(tcp.getSockConnTimeout() <= 150, tcp.getSockConnTimeout() + " ms");
    long vote = protocol(ELECTION2.class).voteTimeout();
    assertTrue(vote >= 4L * tcp.getSockConnTimeout(), "an election outlasts it: " + vote + " ms");
  }

  @Test
  void each_destination_has_a_sender_that_outlives_what_is_sent_again_to_one_that_has_left() {
    Bundler senders = protocol(TCP.class).getBundler();
    assertTrue(senders instanceof PerDestinationBundler each && !each.useSingleSenderThread());
    long sentAgain = protocol(UNICAST3.class).getConnCloseTimeout();
    long removed = ((PerDestinationBundler) senders).removeDelay();
    assertTrue(
        removed > sentAgain, "a sender that is made after " + removed + " ms stays for good");
  }

  @Test
  void what_a_late_node_lacks_is_sent_again_at_once() {
    ExactRaft raft = protocol(ExactRaft.class);
    assertTrue(raft.resendInterval() <= 50, raft.resendInterval() + " ms");
    assertFalse(raft.logUseFsync(), "the log does it, and keeps no failure to itself");
    assertFalse(raft.sendCommitsImmediately(), "with one that lags, a storm of messages");
  }

  @Test
  void nothing_listens_where_the_hosts_name_leads_to() throws Exception {
    assertEquals(InetAddress.getByName("127.0.0.2"), protocol(TCP.class).getBindAddress());
    List<String> names =
        protocols.stream().map(p -> p.getClass().getSimpleName()).toList();
    assertTrue(Stream.of("FD_SOCK", "FD_SOCK2").noneMatch(names::contains), "" + names);
  }

  @Test
  void no_xml_is_read_and_nothing_is_read_from_the_log_past_it() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("appliance.cluster..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.jgroups.conf.XmlConfigurator")
        .orShould()
        .dependOnClassesThat() // its reads are not linearizable
        .haveFullyQualifiedName("org.jgroups.raft.RaftHandle")
        .orShould()
        .callMethod(
            org.jgroups.protocols.raft.RAFT.class, "getAsync", byte[].class, int.class, int.class)
        .orShould()
        .callConstructor(org.jgroups.JChannel.class, String.class)
        .check(new ClassFileImporter().importPackages("appliance.cluster"));
  }
}
