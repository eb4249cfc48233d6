package appliance.files;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the status, the fields and the content of one answer. */
final class Response {

  private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");

  private final HttpServerExchange exchange;
  private final Asset asset;
  private final Representation chosen;
  private final Answer answer;

  Response(HttpServerExchange exchange, Asset asset, Representation chosen, Answer answer) {
    this.exchange = exchange;
    this.asset = asset;
    this.chosen = chosen;
    this.answer = answer;
  }

  /** From memory, or with no content at all. */
  void send(@Nullable ByteBuffer content) {
    Multipart multipart = head();
    boolean head = exchange.getRequestMethod().equals(Methods.HEAD);
    if (content == null || head || !answer.needsContent()) {
      exchange.endExchange();
    } else if (multipart != null) {
      exchange.getResponseSender().send(multipart.of(content.duplicate()));
    } else if (answer.status() == 206) {
      ByteRange range = answer.ranges().get(0);
      exchange.getResponseSender().send(content.slice((int) range.first(), (int) range.length()));
    } else {
      exchange.getResponseSender().send(content.duplicate());
    }
  }

  /** From disk; takes the file over. */
  void send(OpenFile file) {
    Multipart multipart = head();
    List<FileTransfer.Part> parts;
    if (multipart != null) {
      parts = multipart.parts();
    } else {
      ByteRange range =
          answer.status() == 206 ? answer.ranges().get(0) : new ByteRange(0, chosen.length());
      parts = List.of(new FileTransfer.Part(ByteBuffer.allocate(0), range.first(), range.length()));
    }
    FileTransfer.start(exchange, file, parts);
  }

  private @Nullable Multipart head() {
    HeaderMap fields = exchange.getResponseHeaders();
    exchange.setStatusCode(answer.status());
    fields.put(NO_SNIFF, "nosniff");
    if (answer.status() == 416) {
      fields.put(Headers.CONTENT_RANGE, "bytes */" + chosen.length());
    }
    if (answer.status() == 416 || answer.status() == 412) {
      fields.put(Headers.CONTENT_LENGTH, "0");
      return null;
    }
    fields.put(Headers.ETAG, chosen.entityTag());
    asset.cacheControl().ifPresent(value -> fields.put(Headers.CACHE_CONTROL, value));
    if (asset.isVaried()) {
      fields.add(Headers.VARY, "Accept-Encoding");
    }
    return answer.needsContent() ? content(fields) : null;
  }

  private @Nullable Multipart content(HeaderMap fields) {
    fields.put(Headers.LAST_MODIFIED, asset.lastModified());
    if (!chosen.made()) {
      fields.put(Headers.ACCEPT_RANGES, "bytes");
    }
    if (!chosen.isPlain()) {
      fields.put(Headers.CONTENT_ENCODING, chosen.coding());
    }
    if (answer.ranges().size() > 1) {
      Multipart multipart = new Multipart(answer.ranges(), asset.contentType(), chosen.length());
      fields.put(Headers.CONTENT_TYPE, multipart.contentType());
      exchange.setResponseContentLength(multipart.length());
      return multipart;
    }
    fields.put(Headers.CONTENT_TYPE, asset.contentType());
    long length = chosen.length();
    if (answer.status() == 206) {
      ByteRange range = answer.ranges().get(0);
      fields.put(Headers.CONTENT_RANGE, range.contentRange(chosen.length()));
      length = range.length();
    }
    exchange.setResponseContentLength(length);
    return null;
  }
}
