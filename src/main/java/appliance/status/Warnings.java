package appliance.status;

import appliance.model.Asker;
import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.Shortage;
import appliance.model.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operator should know first, in words, the gravest first. */
final class Warnings {

  static final long LAG_MILLIS_MAX = 10_000;

  private Warnings() {}

  /**
   * @param left why this node has left the cluster; empty if it has not
   */
  static List<String> of(
      ClusterView view, List<MemberStatus> members, List<Asker> asking, String left) {
    List<String> warnings = new ArrayList<>();
    if (view.own().isEmpty()) {
      warnings.add(
          left.isEmpty()
              ? sentence(
                  "This node has not joined the cluster yet",
                  view.joining().map(Wait::words).orElse(""))
              : sentence("This node has left the cluster", left));
      return warnings;
    }
    if (!view.quorum()) {
      warnings.add("This node is not in touch with a majority of the cluster: it accepts no"
          + " changes, and what it shows of others may be old." + missing(view.shortage()));
    }
    if (view.master().isEmpty()) {
      warnings.add(
          sentence("The cluster has no master, nothing can be written", vacancy(view, members)));
    }
    members.stream()
        .filter(status -> status.member().id().equals(view.self()))
        .forEach(own -> addOwn(own.section("cluster"), warnings));
    members.stream()
        .filter(Warnings::isDown)
        .forEach(
            status -> warnings.add(sentence(status.member().name() + " is down", status.reason())));
    members.stream().filter(status -> !isDown(status)).forEach(status -> add(status, warnings));
    addVersions(members, warnings);
    asking.forEach(asker -> warnings.add(asker.name() + " at " + asker.address()
        + " asks to join. If its log shows this fingerprint, approve it: " + asker.key() + "."));
    return List.copyOf(warnings);
  }

  /** As while they are upgraded; of one that is down it may be another by now. */
  private static void addVersions(List<MemberStatus> members, List<String> warnings) {
    Map<String, List<String>> nodes = new TreeMap<>();
    for (MemberStatus status : members) {
      if (!isDown(status) && status.section("process").get("version") instanceof String version) {
        nodes
            .computeIfAbsent(version, v -> new ArrayList<>())
            .add(status.member().name());
      }
    }
    if (nodes.size() > 1) {
      String all = nodes.entrySet().stream()
          .map(of -> of.getKey() + " (" + String.join(", ", of.getValue()) + ")")
          .collect(Collectors.joining(", "));
      warnings.add("The nodes run different versions: " + all + ". Go on with the upgrade.");
    }
  }

  /** Of who votes others may know more: one that was away for long does not know that it has lost its vote. */
  private static String vacancy(ClusterView view, List<MemberStatus> members) {
    if (!view.vacancy().isEmpty() || !view.quorum()) {
      return view.vacancy();
    }
    return members.stream()
        .filter(status -> !isDown(status) && !status.silent())
        .filter(status ->
            status.section("cluster").get("shortage") instanceof String words && !words.isEmpty())
        .map(status ->
            status.member().name() + " says that " + status.section("cluster").get("shortage"))
        .findFirst()
        .orElse("");
  }

  private static String missing(Shortage shortage) {
    return shortage.any() ? " " + shortage.words() + "." : "";
  }

  private static boolean isDown(MemberStatus status) {
    return status.member().state() == MemberState.DOWN;
  }

  private static void add(MemberStatus status, List<String> warnings) {
    Member member = status.member();
    if (status.silent()) {
      warnings.add(sentence(member.name() + " sends no status", status.reason()));
    }
    if (member.endpoints().hasApp() && !Boolean.TRUE.equals(status.app().get("healthy"))) {
      warnings.add(sentence(
          "The application of " + member.name() + " does not work",
          String.valueOf(status.app().get("reason"))));
    } else {
      addReason(
          "Not all applications of " + member.name() + " work",
          status.applicationTroubles(),
          warnings);
    }
    addDatabase(member, status.database(), warnings);
    addMedia(member, status.section("media"), warnings);
    addCertificates(member, status.section("edge"), warnings);
    addReason(
        member.name()
            + " takes the hosts of sites that its configuration lacks for the default site's;"
            + " add them to sites there",
        status.section("edge").get("unknownSites"),
        warnings);
    addReason(
        "The access log of " + member.name() + " needs attention",
        status.section("edge").get("accessLogFailure"),
        warnings);
    addReason(
        "The log of " + member.name() + " needs attention",
        status.section("process").get("logTrouble"),
        warnings);
  }

  /** One that is over stays in use, and so is among those that end soon as well. */
  private static void addCertificates(
      Member member, Map<String, Object> edge, List<String> warnings) {
    Object problem = edge.get("certificateProblem");
    if (problem instanceof String text && !text.isEmpty()) {
      addReason("The certificates of " + member.name() + " need attention", problem, warnings);
    } else {
      addReason(
          "A certificate of " + member.name() + " ends soon and is not renewed",
          edge.get("certificateEnding"),
          warnings);
    }
  }

  private static void addOwn(Map<String, Object> cluster, List<String> warnings) {
    addReason("This node has left the cluster", cluster.get("failure"), warnings);
    if (Boolean.TRUE.equals(cluster.get("deaf"))) {
      warnings.add(
          "This node does not hear the other nodes, although they are there. Restart it if no"
              + " service does.");
    }
    addReason("The cluster's log stands still", cluster.get("standstill"), warnings);
    addReason("There is another cluster of this name", cluster.get("apart"), warnings);
    if (Boolean.TRUE.equals(cluster.get("forcedLately"))) {
      warnings.add("An operator has forced something in the last 7 days: " + cluster.get("forced")
          + ". Check whether anything is missing.");
    }
  }

  private static void addReason(String fact, @Nullable Object reason, List<String> warnings) {
    if (reason instanceof String text && !text.isEmpty()) {
      warnings.add(sentence(fact, text));
    }
  }

  private static void addDatabase(
      Member member, Map<String, Object> database, List<String> warnings) {
    String reason = String.valueOf(database.get("reason"));
    boolean configured = !List.of("", "none").contains(database.get("engine"));
    if (configured && !reason.isEmpty()) {
      // A copy that is being made is no trouble.
      String fact =
          "SNAPSHOT".equals(database.get("state")) ? " is not there yet" : " needs attention";
      warnings.add(sentence("The database of " + member.name() + fact, reason));
    }
    if (database.get("lagMillis") instanceof Number lag && lag.longValue() > LAG_MILLIS_MAX) {
      warnings.add(
          "The database of " + member.name() + " is " + lag.longValue() / 1000 + " s behind.");
    }
  }

  private static void addMedia(Member member, Map<String, Object> media, List<String> warnings) {
    addReason("The media of " + member.name() + " needs attention", media.get("reason"), warnings);
    if (media.get("pending") instanceof Number pending && pending.longValue() > 0) {
      String fact = "Files could not be brought to " + member.name() + ", the last one "
          + media.get("failedPath");
      addReason(fact, media.get("failedReason"), warnings);
    }
  }

  private static String sentence(String fact, String reason) {
    return reason.isEmpty() ? fact + "." : fact + ": " + reason + ".";
  }
}
