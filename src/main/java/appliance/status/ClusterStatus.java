package appliance.status;

import appliance.model.Asker;
import appliance.model.ClusterView;
import appliance.model.Entrants;
import appliance.model.Health;
import appliance.model.Member;
import appliance.model.NodeId;
import appliance.model.Wait;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The object of {@code /api/status}, as this node sees the cluster: the view that all agree on, what
 * each member told of itself, and the applications' health by this node's own checks. Safe from any
 * thread; owns none.
 */
public final class ClusterStatus {

  private final String node;
  private final Supplier<ClusterView> view;
  private final Roster roster;
  private final Function<NodeId, Health> apps;
  private final Supplier<Entrants> entrants;

  /**
   * @param node this node's name
   * @param apps this node's view of a member's application
   * @param entrants who asks to join, and who has been let in
   */
  public ClusterStatus(
      String node,
      Supplier<ClusterView> view,
      Roster roster,
      Function<NodeId, Health> apps,
      Supplier<Entrants> entrants) {
    this.node = node;
    this.view = view;
    this.roster = roster;
    this.apps = apps;
    this.entrants = entrants;
  }

  /**
   * The status now: {@code cluster, node, master (a name or null), epoch, quorum, members, asking, letIn, warnings,
   * readOnly, missing}: the names of the voters that are not in touch, while there is no majority; {@code waitsFor,
   * waitsSince}: what a node that is in no cluster yet waits for (else empty), and since when (ISO 8601; else null).
   * Values are texts, numbers, booleans, maps and lists, ready for JSON.
   */
  public Map<String, Object> read() {
    ClusterView now = view.get();
    List<MemberStatus> members = new ArrayList<>();
    now.members().forEach(member -> members.add(status(member)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cluster", now.cluster());
    json.put("node", node);
    json.put("master", now.masterMember().map(Member::name).orElse(null));
    json.put("epoch", now.epoch().value());
    json.put("quorum", now.quorum());
    json.put("members", members.stream().map(MemberStatus::json).toList());
    Entrants atTheDoor = entrants.get();
    json.put("asking", atTheDoor.asking().stream().map(ClusterStatus::json).toList());
    json.put("letIn", atTheDoor.letIn().stream().map(ClusterStatus::json).toList());
    json.put("warnings", Warnings.of(now, members, atTheDoor.asking(), left(now.self())));
    json.put("readOnly", now.shortage().readOnly());
    json.put("missing", now.shortage().missing());
    json.put("waitsFor", now.joining().map(Wait::what).orElse(""));
    json.put("waitsSince", now.joining().map(wait -> wait.since().toString()).orElse(null));
    return json;
  }

  /** In no cluster this node is no member, and has no section of its own in the answer. */
  private String left(NodeId self) {
    return roster
        .of(self)
        .map(news -> news.sections().getOrDefault("cluster", Map.of()).get("failure"))
        .map(Object::toString)
        .orElse("");
  }

  private static Map<String, Object> json(Asker asker) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", asker.name());
    json.put("address", asker.address());
    json.put("fingerprint", asker.key().hex());
    return json;
  }

  private MemberStatus status(Member member) {
    return new MemberStatus(member, roster.of(member.id()), roster.now(), apps.apply(member.id()));
  }
}
