package appliance.status;

import appliance.model.Endpoints;
import appliance.model.Health;
import appliance.model.Member;
import appliance.model.MemberState;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One member as {@code /api/status} shows it. All fields of the contract are there, whatever the
 * member told or did not tell, and keep their types.
 *
 * @param news what it told last, if ever
 * @param appHealth its application's health, as this node sees it
 */
record MemberStatus(Member member, Optional<News> news, long nowNanos, Health appHealth) {

  static final long NEWS_AGE_MILLIS_MAX = 5000;

  private static final Set<String> OWN_NAMES = Set.of(
      "name",
      "id",
      "address",
      "state",
      "reason",
      "edge",
      "app",
      "database",
      "media",
      "newsAgeMillis");

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", member.name());
    json.put("id", member.id().toString());
    json.put("address", member.endpoints().cluster().toString());
    json.put("state", member.state().name());
    json.put("reason", reason());
    json.put("edge", edge());
    json.put("app", app());
    json.put("database", database());
    json.put("media", media());
    json.put("newsAgeMillis", news.map(n -> n.ageMillis(nowNanos)).orElse(null));
    news.ifPresent(n -> n.sections().forEach((name, section) -> {
      if (!OWN_NAMES.contains(name)) {
        json.put(name, section);
      }
    }));
    return json;
  }

  /** What it told under that name; nothing if it did not. */
  Map<String, Object> section(String name) {
    return news.map(n -> n.sections().getOrDefault(name, Map.of())).orElse(Map.of());
  }

  /** The cluster's word on its state, and this node's on its silence; a dead one is expected to be silent. */
  String reason() {
    if (member.state() == MemberState.DOWN || !silent()) {
      return member.reason();
    }
    return member.reason().isEmpty() ? silence() : member.reason() + "; " + silence();
  }

  boolean silent() {
    return news.isEmpty() || news.get().ageMillis(nowNanos) > NEWS_AGE_MILLIS_MAX;
  }

  private String silence() {
    return news.map(n -> "no news for " + n.ageMillis(nowNanos) / 1000 + " s")
        .orElse("no news yet");
  }

  private Map<String, Object> edge() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("http", member.endpoints().http().toString());
    json.put("requests", 0L);
    json.put("active", 0L);
    return told("edge", json, "");
  }

  Map<String, Object> app() {
    Map<String, Object> json = new LinkedHashMap<>();
    Optional<URI> url = member.endpoints().app();
    json.put("url", url.map(Endpoints::shown).orElse(""));
    boolean some = member.endpoints().hasApp();
    json.put("healthy", some && appHealth.healthy());
    json.put("reason", some ? appReason() : "no application configured");
    if (!member.endpoints().sites().isEmpty()) {
      Map<String, String> sites = new TreeMap<>();
      member.endpoints().sites().forEach((site, app) -> sites.put(site, Endpoints.shown(app)));
      json.put("sites", sites);
    }
    return json;
  }

  /** Why it does not work; or which of several do not, if it works as some do. */
  private String appReason() {
    return appHealth.healthy() ? applicationTroubles() : appHealth.reason();
  }

  /** Which of several applications of the node get no requests, and why. */
  String applicationTroubles() {
    return section("edge").get("applicationTroubles") instanceof String troubles ? troubles : "";
  }

  Map<String, Object> database() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", news.isPresent() ? "none" : "");
    json.put("position", "");
    json.put("lagMillis", 0L);
    json.put("state", news.isPresent() ? "none" : "");
    return told("database", json, "no database configured");
  }

  private Map<String, Object> media() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("files", 0L);
    json.put("bytes", 0L);
    json.put("pending", 0L);
    return told("media", json, "no media folder configured");
  }

  /** Lays what the member told over the defaults; a value of another type than the default's is dropped. */
  private Map<String, Object> told(String section, Map<String, Object> json, String ifAbsent) {
    Map<String, Object> told = news.map(n -> n.sections().get(section)).orElse(null);
    if (told == null) {
      json.put("reason", news.isPresent() ? ifAbsent : "no news yet");
      return json;
    }
    told.forEach((name, value) -> {
      Object byDefault = json.get(name);
      if (byDefault == null || kind(byDefault) == kind(value)) {
        json.put(name, value);
      }
    });
    json.putIfAbsent("reason", "");
    return json;
  }

  private static Class<?> kind(Object value) {
    return value instanceof Number ? Number.class : value.getClass();
  }
}
