package appliance.edge;

import appliance.config.EdgeConfig;
import appliance.config.SiteAnswers;
import appliance.config.SiteConfig;
import appliance.config.SitePaths;
import appliance.edge.balance.Balancers;
import appliance.edge.balance.SlowStart;
import appliance.edge.balance.StickyTokens;
import appliance.edge.compression.Compression;
import appliance.edge.compression.Compressors;
import appliance.edge.health.Apps;
import appliance.edge.health.Upstreams;
import appliance.edge.hot.HotAnswers;
import appliance.edge.proxy.Forwarder;
import appliance.edge.site.ErrorPages;
import appliance.edge.site.FilesFirst;
import appliance.edge.site.Hosts;
import appliance.edge.site.Router;
import appliance.edge.site.SecureTransport;
import appliance.edge.site.SiteContent;
import appliance.edge.site.SiteGate;
import appliance.edge.site.Sites;
import appliance.edge.upstream.IoThreadContexts;
import appliance.model.Endpoints;
import appliance.status.Section;
import io.undertow.server.HttpHandler;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts together what answers the public for each site: TLS only or not, the site's gate, its files, its
 * applications; and has the error pages of all.
 */
final class PublicSites implements AutoCloseable {

  private final EdgeConfig config;
  private final EdgePorts node;
  private final IoThreadContexts contexts;
  private final Upstreams upstreams;
  private final SlowStart slowStart;
  private final Hosts hosts;
  private final Router standard;
  private final ErrorPages pages;
  private final Compressors compressors = new Compressors();
  private final Set<ErrorPages> allPages = new LinkedHashSet<>();

  /** Makes the handler that asks a site's applications. */
  @FunctionalInterface
  interface Applications {

    HttpHandler of(Router router, Apps apps, Forwarder.Refusal refusal);
  }

  PublicSites(
      EdgeConfig config,
      EdgePorts node,
      IoThreadContexts contexts,
      Upstreams upstreams,
      SlowStart slowStart) {
    this.config = config;
    this.node = node;
    this.contexts = contexts;
    this.upstreams = upstreams;
    this.slowStart = slowStart;
    hosts = new Hosts(config.sites());
    standard = router(Endpoints.DEFAULT_SITE, config.adminHosts());
    pages = new ErrorPages(config.clients().errorPages());
    allPages.add(pages);
  }

  private Router router(String site, List<String> adminHosts) {
    return new Router(
        adminHosts,
        upstreams.of(site)::rotation,
        Balancers.of(
            config.traffic().balance(), slowStart, new StickyTokens(node.stickyKey()).member()),
        config.traffic().writeMethods());
  }

  Sites.Names names() {
    return new Sites.Names(
        hosts, standard, config.sites().stream().map(SiteConfig::name).toList());
  }

  /** Whether any site takes paths with encoded slashes. */
  boolean encodedSlashes() {
    return config.standard().paths().encodedSlashes()
        || config.sites().stream().anyMatch(site -> site.paths().encodedSlashes());
  }

  /**
   * To be called once.
   *
   * @param files those of the default site
   * @param hot is offered what files are answered with
   */
  Sites build(FilesFirst files, HotAnswers hot, Applications applications) {
    Map<String, HttpHandler> byName = new LinkedHashMap<>();
    for (SiteConfig site : config.sites()) {
      FilesFirst own = node.sites().getOrDefault(site.name(), SiteContent.NONE).files();
      ErrorPages refusal = pages(site);
      Router router = router(site.name(), site.adminHosts());
      HttpHandler asks =
          compressed(site.answers(), applications.of(router, upstreams.of(site.name()), refusal));
      byName.put(
          site.name(), guarded(site.paths(), site.answers(), refusal, own.before(asks, hot)));
    }
    HttpHandler asks = compressed(
        config.standard().answers(), applications.of(standard, upstreams.standard(), pages));
    return new Sites(
        hosts,
        byName,
        guarded(standardPaths(), config.standard().answers(), pages, files.before(asks, hot)));
  }

  private HttpHandler compressed(SiteAnswers answers, HttpHandler asks) {
    return answers.compression() ? new Compression(compressors, asks) : asks;
  }

  /** For the operator. */
  void tell(Section.Builder section) {
    section
        .counter("answersCompressed", compressors.answers())
        .gauge("compressorsInUse", compressors.inUse());
  }

  /** The default site has all media, but for what is another site's. */
  private SitePaths standardPaths() {
    return config
        .standard()
        .paths()
        .hiding(config.sites().stream()
            .flatMap(site -> site.media().stream())
            .map(part -> part.elsewhere())
            .toList());
  }

  private ErrorPages pages(SiteConfig site) {
    if (site.answers().errorPages().isEmpty()) {
      return pages;
    }
    ErrorPages own = new ErrorPages(site.answers().errorPages());
    allPages.add(own);
    return own;
  }

  private HttpHandler guarded(
      SitePaths paths, SiteAnswers answers, ErrorPages refusal, HttpHandler next) {
    HttpHandler gate = new SiteGate(paths, answers, contexts, refusal, next);
    return answers.httpsRedirect() == 0 && answers.hsts().isZero()
        ? gate
        : new SecureTransport(answers.httpsRedirect(), answers.hsts(), gate);
  }

  void start() {
    allPages.forEach(ErrorPages::start);
  }

  @Override
  public void close() {
    allPages.forEach(ErrorPages::close);
  }
}
