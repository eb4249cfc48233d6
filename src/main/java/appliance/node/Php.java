package appliance.node;

import appliance.config.Config;
import appliance.config.EdgeConfig;
import appliance.config.SiteConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.FastCgiLimits;
import appliance.fastcgi.PhpAddress;
import appliance.fastcgi.PhpServers;
import appliance.status.Section;
import appliance.status.Source;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** This node's php-fpm, for each site whose applications are such. */
final class Php {

  private Php() {}

  /** Those of the default site, in the order of its applications; none if these speak HTTP. */
  static List<FastCgi> of(Config config, PhpServers servers) {
    Optional<Path> root = config.edge().site();
    return config.edge().apps().stream()
        .filter(app -> !"http".equals(app.getScheme()) && root.isPresent())
        .map(app -> new FastCgi(
            settings(app, root.orElseThrow(), uploads(config))
                .withFrontController(config.edge().standard().frontController())
                .with(limits(config.edge())),
            servers,
            "the default site"))
        .toList();
  }

  /** The same of another site. */
  static List<FastCgi> of(SiteConfig site, EdgeConfig edge, PhpServers servers) {
    return site.app().filter(app -> app.fastCgi() && site.root().isPresent()).stream()
        .flatMap(app -> app.urls().stream()
            .map(url -> new FastCgi(
                settings(url, site.root().orElseThrow(), site.paths().uploads())
                    .withFrontController(app.frontController())
                    .with(limits(edge)),
                servers,
                site.name())))
        .toList();
  }

  private static FastCgiLimits limits(EdgeConfig edge) {
    return FastCgiLimits.of(edge.traffic().apps(), edge.clients().limits().bodyTimeMax());
  }

  /** What they tell: a single one by itself, several together. */
  static Optional<Source> source(List<FastCgi> fpms) {
    return fpms.isEmpty()
        ? Optional.empty()
        : Optional.of(
            fpms.size() == 1
                ? fpms.get(0)::status
                : () -> Section.sum(fpms.stream().map(FastCgi::status).toList()));
  }

  /** As the edge calls it. */
  static LocalApplication local(FastCgi fpm) {
    return new LocalApplication(fpm::handle, fpm::check, fpm::ask, fpm::busy, fpm::close);
  }

  /** What users upload is never run, wherever it lies. */
  private static List<String> uploads(Config config) {
    List<String> uploads = new ArrayList<>(config.edge().standard().paths().uploads());
    uploads.add(config.media().path());
    return uploads;
  }

  private static FastCgiConfig settings(URI app, Path root, List<String> uploads) {
    return FastCgiConfig.of(PhpAddress.parse(app), root).withNeverExecuted(uploads);
  }
}
