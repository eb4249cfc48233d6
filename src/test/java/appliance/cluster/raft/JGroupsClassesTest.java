package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jgroups.Header;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.Test;

/** The node's lists of JGroups' classes against the library's own. */
final class JGroupsClassesTest {

  private static final Pattern ENTRY =
      Pattern.compile("<class\\s+id=\"(\\d+)\"\\s+name=\"([^\"]+)\"");

  /** Of protocols that {@link RaftStack} does not have; a new name in the library is to be looked at. */
  private static final String LEFT_OUT = """
      org.jgroups.auth.FixedMembershipToken org.jgroups.auth.X509Token
      org.jgroups.blocks.MethodCall org.jgroups.blocks.RequestCorrelator$Header
      org.jgroups.blocks.RequestCorrelator$MultiDestinationHeader org.jgroups.protocols.AuthHeader
      org.jgroups.protocols.BATCH2$Batch2Header org.jgroups.protocols.COMPRESS$CompressHeader
      org.jgroups.protocols.COUNTER$CounterHeader org.jgroups.protocols.DAISYCHAIN$DaisyHeader
      org.jgroups.protocols.DH_KEY_EXCHANGE$DhHeader org.jgroups.protocols.EncryptHeader
      org.jgroups.protocols.FD_SOCK$FdHeader org.jgroups.protocols.FORK$ForkHeader
      org.jgroups.protocols.Frag3Header org.jgroups.protocols.PerfHeader
      org.jgroups.protocols.ProtPerfHeader org.jgroups.protocols.RSVP$RsvpHeader
      org.jgroups.protocols.RTTHeader org.jgroups.protocols.SEQUENCER$SequencerHeader
      org.jgroups.protocols.SEQUENCER2$SequencerHeader org.jgroups.protocols.STOMP$StompHeader
      org.jgroups.protocols.VERIFY_SUSPECT$VerifyHeader
      org.jgroups.protocols.pbcast.STATE_TRANSFER$StateHeader
      org.jgroups.protocols.pbcast.StreamingStateTransfer$StateHeader
      org.jgroups.protocols.relay.RelayHeader org.jgroups.protocols.relay.SiteMaster
      org.jgroups.protocols.relay.SiteUUID org.jgroups.tests.perf.MPerf$MPerfHeader
      org.jgroups.util.MillisAddress
      """;

  @Test
  void nothing_has_another_number_than_in_the_library() throws Exception {
    Map<String, String> library = read(ClassConfigurator.MAGIC_NUMBER_FILE);
    read(JGroupsClasses.HEADERS).forEach((name, id) -> assertEquals(library.get(name), id, name));
    Map<String, String> protocols = read(ClassConfigurator.PROTOCOL_ID_FILE);
    read(JGroupsClasses.PROTOCOLS)
        .forEach((name, id) -> assertEquals(protocols.get(name), id, name));
  }

  @Test
  void what_is_left_out_is_left_out_on_purpose() throws Exception {
    TreeSet<String> missing =
        new TreeSet<>(read(ClassConfigurator.MAGIC_NUMBER_FILE).keySet());
    missing.removeAll(read(JGroupsClasses.HEADERS).keySet());
    assertEquals(new TreeSet<>(Arrays.asList(LEFT_OUT.strip().split("\\s+"))), missing);
  }

  @Test
  void each_protocol_of_the_stack_and_its_headers_are_known() throws Exception {
    Map<String, String> headers = read(JGroupsClasses.HEADERS);
    Map<String, String> known = read(JGroupsClasses.PROTOCOLS);
    Map<String, String> library = read(ClassConfigurator.PROTOCOL_ID_FILE);
    for (Class<?> protocol : protocols()) {
      for (Class<?> c = protocol; c != Object.class; c = c.getSuperclass()) {
        assertEquals(library.get(c.getName()), known.get(c.getName()), c.getName());
        Arrays.stream(c.getDeclaredClasses())
            .filter(Header.class::isAssignableFrom)
            .filter(header -> header.getName().startsWith("org.jgroups.protocols."))
            .forEach(header -> assertTrue(headers.containsKey(header.getName()), header.getName()));
      }
    }
  }

  /** The library's protocols that {@link RaftStack} names. */
  private static List<Class<?>> protocols() throws ClassNotFoundException {
    List<Class<?>> protocols = new ArrayList<>();
    for (Dependency use :
        new ClassFileImporter().importClass(RaftStack.class).getDirectDependenciesFromSelf()) {
      String name = use.getTargetClass().getFullName();
      if (name.startsWith("org.jgroups.protocols.")) {
        Class<?> used = Class.forName(name);
        if (Protocol.class.isAssignableFrom(used)) {
          protocols.add(used);
        }
      }
    }
    assertTrue(protocols.contains(TCP.class), protocols.toString());
    return protocols;
  }

  private static Map<String, String> read(String file) throws Exception {
    try (InputStream in = JGroupsClassesTest.class.getResourceAsStream("/" + file)) {
      String text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> ids = new TreeMap<>();
      text.lines().filter(line -> !line.contains("external")).forEach(line -> {
        for (MatchResult entry : ENTRY.matcher(line).results().toList()) {
          ids.put(entry.group(2), entry.group(1));
        }
      });
      return ids;
    }
  }
}
