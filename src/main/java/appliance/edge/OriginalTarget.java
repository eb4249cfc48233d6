package appliance.edge;

import io.undertow.util.AttachmentKey;

/**
 * What the client asked for, where a rewrite has put something else in its place.
 *
 * @param path as it was sent, percent-encoded
 * @param query without the question mark
 */
record OriginalTarget(String path, String query) {

  static final AttachmentKey<OriginalTarget> KEY = AttachmentKey.create(OriginalTarget.class);
}
