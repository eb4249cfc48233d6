package appliance.admin;

import java.util.Optional;

/** The replicated settings, as this node knows them. */
@FunctionalInterface
public interface AdminSettings {

  Optional<String> get(String key);
}
