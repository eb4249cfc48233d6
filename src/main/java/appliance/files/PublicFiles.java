package appliance.files;

import appliance.config.MediaConfig;
import appliance.status.Source;
import io.undertow.server.HttpHandler;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All files that a node serves by itself: those below the media's path from the media folder, then the
 * site's; what is neither goes to the application.
 */
public final class PublicFiles implements AutoCloseable {

  private final Optional<Path> site;
  private final MediaConfig media;
  private final PeerFetch fetch;
  private final List<CacheRule> cacheRules;
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private @Nullable StaticFiles siteFiles;
  private @Nullable FetchOnMiss mediaFiles;

  /**
   * @param fetch brings a media file here that this node does not hold yet
   */
  public PublicFiles(Optional<Path> site, MediaConfig media, PeerFetch fetch) {
    this(site, media, fetch, List.of());
  }

  /**
   * @param cacheRules of the site's files, and of its media
   */
  public PublicFiles(
      Optional<Path> site, MediaConfig media, PeerFetch fetch, List<CacheRule> cacheRules) {
    this.cacheRules = cacheRules;
    this.site = site;
    this.media = media;
    this.fetch = fetch;
  }

  /** Puts the files before the handler that asks an application; to be called once. */
  public HttpHandler beforeApplication(HttpHandler application, Repeats repeats) {
    return beforeSite(siteOr(application, repeats), repeats);
  }

  private HttpHandler siteOr(HttpHandler application, Repeats repeats) {
    if (site.isEmpty()) {
      return application;
    }
    siteFiles =
        new StaticFiles(FileRoot.site(site.get()).withCacheRules(cacheRules), application, repeats);
    sources.put("files", siteFiles);
    return siteFiles;
  }

  private HttpHandler beforeSite(HttpHandler next, Repeats repeats) {
    if (media.folder().isEmpty()) {
      return next;
    }
    FileRoot root = FileRoot.media(media.folder().get(), media.path()).withCacheRules(cacheRules);
    mediaFiles = new FetchOnMiss(root, fetch, next, FetchOnMiss.Limits.DEFAULT, repeats);
    sources.put("mediaFiles", mediaFiles);
    return mediaFiles;
  }

  /** The status sections of what is served, by name. */
  public Map<String, Source> sources() {
    return Map.copyOf(sources);
  }

  @Override
  public void close() {
    if (mediaFiles != null) {
      mediaFiles.close();
    }
    if (siteFiles != null) {
      siteFiles.close();
    }
  }
}
