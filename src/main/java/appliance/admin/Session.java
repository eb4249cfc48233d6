package appliance.admin;

import java.time.Instant;

/**
 * A browser that has signed in.
 *
 * @param csrf what every request of it that changes something must bring in {@code X-CSRF-Token}
 */
record Session(Instant expires, String csrf) {}
