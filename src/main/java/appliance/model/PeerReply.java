package appliance.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The answer to a {@link PeerRequest}. Whoever receives one closes it.
 *
 * @param status an HTTP status code
 * @param headers names in lower case
 * @param length of the body in bytes, or -1 if it ends when it ends
 */
public record PeerReply(int status, Map<String, String> headers, long length, InputStream body)
    implements AutoCloseable {

  public PeerReply {
    headers = Map.copyOf(headers);
  }

  public static PeerReply of(int status, byte[] body) {
    return new PeerReply(status, Map.of(), body.length, new ByteArrayInputStream(body));
  }

  public static PeerReply text(int status, String text) {
    return of(status, text.getBytes(StandardCharsets.UTF_8));
  }

  public boolean ok() {
    return status >= 200 && status < 300;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
