package appliance.config;

import appliance.model.HostPort;

/**
 * The admin UI and API.
 *
 * @param address where they listen; HTTPS unless that is loopback
 */
public record AdminConfig(HostPort address) {}
