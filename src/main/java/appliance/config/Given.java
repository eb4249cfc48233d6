package appliance.config;

/**
 * A value as someone wrote it.
 *
 * @param place where: {@code --port}, {@code APPLIANCE_PORT} or {@code port in conf/appliance.yaml}
 */
record Given(String place, String text) {}
