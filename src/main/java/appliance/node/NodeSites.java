package appliance.node;

import appliance.config.Config;
import appliance.config.EdgeConfig;
import appliance.config.MediaConfig;
import appliance.config.SiteAnswers;
import appliance.config.SiteConfig;
import appliance.config.SiteMedia;
import appliance.edge.site.SiteContent;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.PhpServers;
import appliance.files.CacheRule;
import appliance.files.PeerFetch;
import appliance.files.PublicFiles;
import appliance.model.Endpoints;
import appliance.status.Source;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this node has of the sites besides the default one: their files and their php. */
final class NodeSites implements AutoCloseable {

  private final Map<String, SiteContent> contents = new LinkedHashMap<>();
  private final Map<String, Map<String, Source>> sources = new LinkedHashMap<>();
  private final List<PublicFiles> files = new ArrayList<>();

  /**
   * @param php is shared by all sites
   * @param fetch brings a file of the media here that this node does not hold yet
   */
  NodeSites(Config config, PhpServers php, PeerFetch fetch) {
    EdgeConfig edge = config.edge();
    edge.sites().forEach(site -> contents.put(site.name(), content(site, edge, php, fetch)));
  }

  private SiteContent content(SiteConfig site, EdgeConfig edge, PhpServers php, PeerFetch fetch) {
    MediaConfig part = new MediaConfig(
        site.media().map(SiteMedia::folder), site.media().map(SiteMedia::path).orElse("/media/"));
    PublicFiles own = new PublicFiles(
        site.root(),
        part,
        path -> fetch.fetch(site.media().map(SiteMedia::name).orElse("") + "/" + path),
        cacheRules(site.answers()));
    files.add(own);
    List<FastCgi> local = Php.of(site, edge, php);
    Map<String, Source> told = new LinkedHashMap<>();
    sources.put(site.name(), told);
    Php.source(local).ifPresent(source -> told.put("php", source));
    return new SiteContent(
        (application, repeats) -> {
          var handler = own.beforeApplication(application, repeats::offer);
          told.putAll(own.sources());
          return handler;
        },
        local.stream().map(Php::local).toList());
  }

  /** What a site says of its files, as these are served by it. */
  static List<CacheRule> cacheRules(SiteAnswers answers) {
    return answers.cacheControl().stream()
        .map(rule -> new CacheRule(rule.path()::matches, rule.value()))
        .toList();
  }

  /** For the edge, by the names of the sites. */
  Map<String, SiteContent> contents() {
    return contents;
  }

  /** The section {@code sites} of the status, if there are any; complete once the edge is built. */
  Optional<Source> source() {
    return sources.isEmpty() ? Optional.empty() : Optional.of(new SitesSource(sources));
  }

  /** This node's applications, by site, as the others are told of them. */
  static Map<String, URI> applications(Config config) {
    Map<String, URI> applications = new LinkedHashMap<>();
    config
        .edge()
        .sites()
        .forEach(site -> site.app()
            .flatMap(app -> Endpoints.together(app.urls()))
            .ifPresent(app -> applications.put(site.name(), app)));
    return applications;
  }

  @Override
  public void close() {
    files.forEach(PublicFiles::close);
  }
}
