package appliance.config;

import java.nio.file.Path;

/**
 * The media of a site that is not the default one: a folder within the one that is kept equal on all nodes.
 *
 * @param folder where they lie
 * @param name the same, as seen from the folder of all media: {@code shop}
 * @param path where the public finds them, with a slash at both ends
 * @param elsewhere where the default site would show them, and does not
 */
public record SiteMedia(Path folder, String name, String path, String elsewhere) {}
