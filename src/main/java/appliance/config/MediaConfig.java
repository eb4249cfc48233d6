package appliance.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that every node holds.
 *
 * @param folder the folder that is kept equal on all nodes, if any
 * @param path where the public finds it, with a slash at both ends: {@code /media/}
 */
public record MediaConfig(Optional<Path> folder, String path) {}
