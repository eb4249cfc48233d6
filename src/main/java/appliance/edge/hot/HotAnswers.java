package appliance.edge.hot;

import appliance.edge.http.HostHeader;
import appliance.edge.http.OriginalTarget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers of small files that were given the long way a moment ago and may be given again without it:
 * what path, site and rules make of a request is in them already. Used by all I/O threads.
 *
 * <p>Only what the files offer gets in, and only as long as they say that it still holds; which is at
 * most a little over a second, so that the long way is taken again and again.
 */
public final class HotAnswers {

  private static final int TARGETS_MAX = 4096;
  private static final int TARGET_CHARS_MAX = 1024;
  private static final int DATE_CHARS = "Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n".length();

  /** Hosts and encodings of one target. */
  private static final int ANSWERS_PER_TARGET_MAX = 16;

  /** Written for each connection and moment anew. */
  private static final Set<HttpString> PASSING = Set.of(Headers.DATE, Headers.CONNECTION);

  private final HotLog log;
  private final Map<HotTarget, List<HotAnswer>> byTarget = new ConcurrentHashMap<>();

  public HotAnswers(HotLog log) {
    this.log = log;
  }

  /**
   * Offers the answer that {@code exchange} is about to get for repeating: with status 200 and all of
   * {@code content}, whatever else the request asked for.
   *
   * @param content never to be changed
   * @param still tells, for a {@link System#nanoTime}, whether the same would be answered then, and
   *     counts it as answered if so
   */
  public void offer(HttpServerExchange exchange, ByteBuffer content, LongPredicate still) {
    if (learnable(exchange) && HotReads.under(exchange)) {
      exchange.addExchangeCompleteListener((ended, next) -> {
        learn(ended, content, still);
        next.proceed();
      });
    }
  }

  private static boolean learnable(HttpServerExchange exchange) {
    return exchange.isHttp11()
        && exchange.getRequestMethod().equals(Methods.GET)
        && !exchange.isHostIncludedInRequestURI()
        // What was rewritten is the answer to another target than the exchange has now.
        && exchange.getAttachment(OriginalTarget.KEY) == null
        && target(exchange).length() <= TARGET_CHARS_MAX
        && HotRequest.plain(exchange.getRequestHeaders());
  }

  private static String target(HttpServerExchange exchange) {
    String query = exchange.getQueryString();
    return query.isEmpty() ? exchange.getRequestURI() : exchange.getRequestURI() + "?" + query;
  }

  private void learn(HttpServerExchange exchange, ByteBuffer content, LongPredicate still) {
    HeaderMap fields = exchange.getResponseHeaders();
    if (exchange.getStatusCode() != StatusCodes.OK
        || !exchange.isPersistent()
        || !repeatable(fields, content.remaining())) {
      return;
    }
    String head = head(fields);
    if (head.length() > HotBuffers.HEAD_BYTES_MAX - DATE_CHARS) {
      return;
    }
    HotAnswer.For whom = new HotAnswer.For(
        HostHeader.of(exchange),
        fields.contains(Headers.VARY),
        text(exchange.getRequestHeaders().getFirst(Headers.ACCEPT_ENCODING)));
    byte[] target = target(exchange).getBytes(StandardCharsets.ISO_8859_1);
    put(
        new HotTarget().set(target, 0, target.length),
        new HotAnswer(whom, head, content, still, log.repeatsOf(exchange)));
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static boolean repeatable(HeaderMap fields, int length) {
    HeaderValues vary = fields.get(Headers.VARY);
    HeaderValues connection = fields.get(Headers.CONNECTION);
    return Integer.toString(length).equals(fields.getFirst(Headers.CONTENT_LENGTH))
        && !fields.contains(Headers.SET_COOKIE)
        && !fields.contains(Headers.TRANSFER_ENCODING)
        && (vary == null
            || (vary.size() == 1 && vary.getFirst().equalsIgnoreCase("Accept-Encoding")))
        && (connection == null || connection.getFirst().equalsIgnoreCase("keep-alive"));
  }

  private static String head(HeaderMap fields) {
    StringBuilder head = new StringBuilder(512).append("HTTP/1.1 200 OK\r\n");
    for (HeaderValues field : fields) {
      if (!PASSING.contains(field.getHeaderName())) {
        for (String value : field) {
          head.append(field.getHeaderName()).append(": ").append(value).append("\r\n");
        }
      }
    }
    return head.append("Date: ").toString();
  }

  private void put(HotTarget target, HotAnswer answer) {
    if (byTarget.size() >= TARGETS_MAX && !byTarget.containsKey(target)) {
      return; // The next sweep makes room.
    }
    byTarget.compute(target, (same, before) -> {
      List<HotAnswer> all = new ArrayList<>(before == null ? List.of() : before);
      all.removeIf(answer::replaces);
      if (all.size() >= ANSWERS_PER_TARGET_MAX) {
        all.remove(0);
      }
      all.add(answer);
      return List.copyOf(all);
    });
  }

  /** Whether there may be an answer for {@code target}. */
  @Nullable
  List<HotAnswer> find(HotTarget target) {
    return byTarget.get(target);
  }

  /** Forgets what holds no more, and so frees its content; to be called about once a second. */
  public void sweep(long nanos) {
    byTarget
        .keySet()
        .forEach(target -> byTarget.computeIfPresent(target, (same, all) -> {
          List<HotAnswer> left =
              all.stream().filter(answer -> !answer.expired(nanos)).toList();
          return left.isEmpty() ? null : left;
        }));
  }

  int size() {
    return byTarget.size();
  }
}
