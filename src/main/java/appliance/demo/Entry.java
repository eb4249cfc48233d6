package appliance.demo;

import java.time.LocalDateTime;
import java.util.Optional;

/**
 * One line in the guestbook.
 *
 * @param picture the name of its file in the media folder
 * @param node who took it
 * @param posted in UTC
 */
record Entry(
    long id,
    String author,
    String message,
    Optional<String> picture,
    String node,
    LocalDateTime posted) {}
