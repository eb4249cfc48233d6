package appliance.edge.log;

/**
 * What is told of one request. An empty text stands for what there is not.
 *
 * @param id of the request, as the application got it
 * @param tls the protocol's version, if it came by TLS
 */
public record AccessEntry(
    Asked asked, Header header, Answer answer, Timing timing, String id, String tls) {

  /**
   * @param client its address
   * @param method empty, as all but the client, of what was no request at all
   * @param path as it was sent on
   */
  public record Asked(String client, String method, String path, String query, String protocol) {}

  /** Fields of the request's header. */
  public record Header(String host, String referer, String agent) {}

  /**
   * @param status 499 if the client left before there was an answer
   * @param bytes of content
   * @param site that the host belongs to
   * @param upstream the member whose application answered
   * @param application which one of them, if the member has several of the site
   * @param cache {@code hit}: from memory, {@code file}: from a file; empty: by an application
   * @param broken what broke off an application's answer under way: {@code application}; {@code client}, who
   *     left, or took it so slowly that the application may have given up;
   *     {@code limit} if it took longer than it may, or {@code node} if the application's node or this one goes or is
   *     gone
   */
  public record Answer(
      int status,
      long bytes,
      String site,
      String upstream,
      String application,
      String cache,
      String broken) {

    /** One that did not break off. */
    public Answer(
        int status, long bytes, String site, String upstream, String application, String cache) {
      this(status, bytes, site, upstream, application, cache, "");
    }
  }

  /**
   * @param endMillis when it was over, since 1970
   * @param totalNanos from the request's head to the end of the answer
   * @param connectNanos till there was a connection to the application; -1 if none was needed
   * @param firstByteNanos from then till the head of its answer; -1 if there was none
   */
  public record Timing(long endMillis, long totalNanos, long connectNanos, long firstByteNanos) {

    public static final long NONE = -1;
  }
}
