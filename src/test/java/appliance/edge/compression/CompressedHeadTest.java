package appliance.edge.compression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompressedHeadTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "GZip;q=0.5 | true",
        "deflate, gzip, br, zstd | true",
        "x-gzip | true",
        "* | true",
        "gzip;q=0 | false",
        "gzip;q=0, * | false",
        "*;q=0 | false",
        "br | false",
        "identity | false",
        "identity, gzip;q=0.5 | false",
        "identity;q=0.5, gzip | true",
        "'' | false",
        "gzipx | false",
      })
  void a_client_takes_it_or_not(String accepts, boolean taken) {
    assertEquals(taken, AcceptsGzip.in(List.of(accepts)));
  }

  private static CompressedHead head(String... fields) {
    HeaderMap headers = new HeaderMap();
    for (String field : fields) {
      int colon = field.indexOf(": ");
      headers.add(new HttpString(field.substring(0, colon)), field.substring(colon + 2));
    }
    return new CompressedHead(headers);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | Content-Type: text/html | true",
        "404 | Content-Type: Text/HTML; charset=utf-8 | true",
        "200 | Content-Type: application/problem+json | true",
        "200 | Content-Type: image/svg+xml | true",
        "206 | Content-Type: text/html | false",
        "500 | Content-Type: text/html | false",
        "200 | Content-Type: image/png | false",
        "200 | Content-Type: text/event-stream | false",
        "200 | X: y | false",
        "200 | Content-Type: text/html; Content-Length: 255 | false",
        "200 | Content-Type: text/html; Content-Length: 256 | true",
        "200 | Content-Type: text/html; Content-Length: 5000000000 | true",
        "200 | Content-Type: text/html; Content-Encoding: br | false",
        "200 | Content-Type: text/html; Content-Encoding: identity | false",
        "200 | Content-Type: text/html; Cache-Control: public, No-Transform | false",
        "200 | Content-Type: text/html; Repr-Digest: sha-256=:x: | false",
        "200 | Content-Type: text/html; Content-MD5: x | false",
      })
  void an_answer_is_compressed_or_not(int status, String fields, boolean may) {
    String apart =
        fields.replace("; Con", "\nCon").replace("; Cac", "\nCac").replace("; Rep", "\nRep");
    assertEquals(may, head(apart.split("\n", -1)).mayBe(status));
  }

  @ParameterizedTest
  @CsvSource({"\"a\",W/\"a\"", "W/\"a\",W/\"a\"", "a,", "\","})
  void its_tag_is_weak(String tag, String weak) {
    CompressedHead head = head("ETag: " + tag, "Content-Length: 999", "Accept-Ranges: bytes");
    head.compressed();
    assertEquals(weak, head.headers().getFirst(Headers.ETAG));
    assertNull(head.headers().getFirst(Headers.CONTENT_LENGTH));
    assertNull(head.headers().getFirst(Headers.ACCEPT_RANGES));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X: y | Accept-Encoding",
        "Vary: Cookie | Cookie, Accept-Encoding",
        "Vary: accept-encoding, Cookie | accept-encoding, Cookie",
        "Vary: * | *",
      })
  void what_it_varies_by_is_said_once(String field, String vary) {
    CompressedHead head = head(field);
    head.varies();
    assertEquals(vary, String.join(", ", head.headers().get(Headers.VARY)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "W/\"a\" | W/\"a\"",
        "\"b\", W/\"a\" | W/\"a\"",
        "\"a\" | \"a\"",
        "W/\"b\" | \"a\"",
      })
  void a_304_names_the_tag_that_the_client_has(String asked, String tag) {
    CompressedHead head = head("ETag: \"a\"");
    HeaderMap request = new HeaderMap();
    request.add(Headers.IF_NONE_MATCH, asked);
    head.validated(request);
    assertEquals(tag, head.headers().getFirst(Headers.ETAG));
  }
}
