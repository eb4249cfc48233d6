package appliance.config;

import java.util.Optional;

/** All of a node's configuration, checked. */
public record Config(
    ClusterConfig cluster,
    EdgeConfig edge,
    MediaConfig media,
    Optional<DatabaseConfig> database,
    AdminConfig admin,
    TrustConfig trust) {}
