package appliance.node;

import appliance.config.Config;
import appliance.config.MediaConfig;
import appliance.config.SiteConfig;
import appliance.edge.SiteContent;
import appliance.fastcgi.FastCgi;
import appliance.files.CacheRule;
import appliance.files.PublicFiles;
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
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final List<PublicFiles> files = new ArrayList<>();

  NodeSites(Config config) {
    config.edge().sites().forEach(site -> contents.put(site.name(), content(site, config.media())));
  }

  private SiteContent content(SiteConfig site, MediaConfig media) {
    PublicFiles own = PublicFiles.of(
        site.root(),
        site.answers().cacheControl().stream()
            .map(rule -> new CacheRule(rule.path()::matches, rule.value()))
            .toList());
    files.add(own);
    Optional<FastCgi> php = Php.of(site, media);
    php.ifPresent(fpm -> sources.put("php." + site.name(), fpm::status));
    return new SiteContent(
        (application, repeats) -> {
          var handler = own.beforeApplication(application, repeats::offer);
          own.sources().forEach((name, source) -> sources.put(name + "." + site.name(), source));
          return handler;
        },
        php.map(Php::local));
  }

  /** For the edge, by the names of the sites. */
  Map<String, SiteContent> contents() {
    return contents;
  }

  /** The status sections; complete once the edge is built. */
  Map<String, Source> sources() {
    return sources;
  }

  /** This node's applications, by site, as the others are told of them. */
  static Map<String, URI> applications(Config config) {
    Map<String, URI> applications = new LinkedHashMap<>();
    config
        .edge()
        .sites()
        .forEach(site -> site.app().ifPresent(app -> applications.put(site.name(), app.url())));
    return applications;
  }

  @Override
  public void close() {
    files.forEach(PublicFiles::close);
  }
}
