package appliance.model;

import java.io.InputStream;
import java.util.Map;

/**
 * A call from one node to another.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path below the route's prefix, decoded, without a leading slash
 * @param parameters the query's, one value each
 * @param headers those that the caller set, names in lower case; where it arrives also {@link #CALLER}
 * @param length of the body in bytes
 * @param body at most {@code length} bytes; the callee reads it or leaves it
 */
public record PeerRequest(
    String method,
    String path,
    Map<String, String> parameters,
    Map<String, String> headers,
    long length,
    InputStream body) {

  /** The name of the member that calls, as the callee knows it; a caller cannot choose it. */
  public static final String CALLER = "appliance-caller";

  public PeerRequest {
    parameters = Map.copyOf(parameters);
    headers = Map.copyOf(headers);
  }

  public static PeerRequest get(String path, Map<String, String> parameters) {
    return new PeerRequest("GET", path, parameters, Map.of(), 0, InputStream.nullInputStream());
  }
}
