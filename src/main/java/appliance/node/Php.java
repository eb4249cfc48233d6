package appliance.node;

import appliance.config.Config;
import appliance.config.MediaConfig;
import appliance.config.SiteConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.Gate;
import appliance.fastcgi.PhpAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** This node's php-fpm, for each site whose application is one. */
final class Php {

  private Php() {}

  static Optional<FastCgi> of(Config config) {
    Optional<Path> root = config.edge().site();
    return config
        .edge()
        .app()
        .filter(app -> !"http".equals(app.getScheme()) && root.isPresent())
        .map(app -> new FastCgi(settings(app, root.get(), uploads(config.media()))));
  }

  static Optional<FastCgi> of(SiteConfig site) {
    return site.app()
        .filter(app -> !"http".equals(app.url().getScheme()) && site.root().isPresent())
        .map(app ->
            new FastCgi(settings(app.url(), site.root().get(), site.paths().uploads())
                .withFrontController(app.frontController())));
  }

  /** As the edge calls it. */
  static LocalApplication local(FastCgi fpm) {
    return new LocalApplication(
        (exchange, unsent, failed, gate) ->
            fpm.handle(exchange, unsent, failed, new Gate(gate::open, gate::whenOpen)),
        fpm::check,
        fpm::close);
  }

  /** What users upload is never run, wherever it lies. */
  private static List<String> uploads(MediaConfig media) {
    List<String> uploads = new ArrayList<>(FastCgiConfig.UPLOADS);
    uploads.add(media.path());
    return uploads;
  }

  private static FastCgiConfig settings(URI app, Path root, List<String> uploads) {
    return FastCgiConfig.of(PhpAddress.parse(app), root).withNeverExecuted(uploads);
  }
}
