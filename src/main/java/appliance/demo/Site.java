package appliance.demo;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guestbook answers to which request. Stateless; runs on Undertow's worker threads. */
final class Site implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(Site.class);
  private static final HttpString NODE = new HttpString("X-Guestbook-Node");
  private static final HttpString POLICY = new HttpString("Content-Security-Policy");
  private static final HttpString SNIFF = new HttpString("X-Content-Type-Options");
  private static final String ADMIN_HOSTS = "admin.";

  private final String node;
  private final Guestbook guestbook;
  private final Pages pages;
  private final EntryForm form;
  private final String style;

  Site(String node, Guestbook guestbook, Pages pages, EntryForm form, String style) {
    this.node = node;
    this.guestbook = guestbook;
    this.pages = pages;
    this.form = form;
    this.style = style;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws IOException {
    exchange.getResponseHeaders().put(NODE, node).put(SNIFF, "nosniff");
    exchange
        .getResponseHeaders()
        .put(POLICY, "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'");
    try {
      answer(exchange);
    } catch (SQLException e) {
      log.warn("A request failed for the database: {}", e.getMessage());
      html(
          exchange,
          StatusCodes.SERVICE_UNAVAILABLE,
          pages.problem("Guestbook", "The database cannot be reached. Please try again."));
    } catch (EntryForm.Refused e) {
      html(exchange, e.status(), pages.problem("Guestbook", String.valueOf(e.getMessage())));
    }
  }

  private void answer(HttpServerExchange exchange)
      throws IOException, SQLException, EntryForm.Refused {
    String method = exchange.getRequestMethod().toString();
    String request = ("HEAD".equals(method) ? "GET" : method) + " " + exchange.getRequestPath();
    switch (request) {
      case "GET /" -> home(exchange);
      case "GET /guestbook.css" -> text(exchange, "text/css", style);
      // Of this program alone: were it unhealthy with the database, the whole site would be.
      case "GET /healthz" -> text(exchange, "text/plain", "ok " + node + "\n");
      case "POST /entries" -> post(exchange);
      case "POST /admin/delete" -> delete(exchange);
      default ->
        html(exchange, StatusCodes.NOT_FOUND, pages.problem("Guestbook", "There is no such page."));
    }
  }

  private void home(HttpServerExchange exchange) throws SQLException {
    Guestbook.Listing listing = guestbook.newest();
    html(
        exchange,
        StatusCodes.OK,
        isAdmin(exchange) ? pages.admin(listing) : pages.home(listing, thanks(exchange, listing)));
  }

  /** A visitor who has just posted may be faster than the replica. */
  private static String thanks(HttpServerExchange exchange, Guestbook.Listing listing) {
    if (!exchange.getQueryParameters().containsKey("posted")) {
      return "";
    }
    String id = Objects.toString(exchange.getQueryParameters().get("posted").peekFirst(), "");
    return listing.entries().stream().anyMatch(entry -> id.equals(Long.toString(entry.id())))
        ? "Thank you. Your entry is in."
        : "Thank you. Your entry is stored, and here as soon as this node's replica has it.";
  }

  private void post(HttpServerExchange exchange)
      throws IOException, SQLException, EntryForm.Refused {
    refuseOtherSites(exchange);
    long id = form.take(exchange, guestbook::add);
    redirect(exchange, "/?posted=" + id);
  }

  private void delete(HttpServerExchange exchange)
      throws IOException, SQLException, EntryForm.Refused {
    if (!isAdmin(exchange)) {
      throw new EntryForm.Refused(StatusCodes.FORBIDDEN, "Only the admin. host deletes entries.");
    }
    refuseOtherSites(exchange);
    guestbook.delete(form.id(exchange));
    redirect(exchange, "/");
  }

  private static boolean isAdmin(HttpServerExchange exchange) {
    return host(exchange).toLowerCase(Locale.ROOT).startsWith(ADMIN_HOSTS);
  }

  private static String host(HttpServerExchange exchange) {
    return Objects.toString(exchange.getRequestHeaders().getFirst(Headers.HOST), "");
  }

  /** A form on another site must not post in the name of a visitor. */
  private static void refuseOtherSites(HttpServerExchange exchange) throws EntryForm.Refused {
    String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
    if (origin != null && !host(exchange).equalsIgnoreCase(authority(origin))) {
      throw new EntryForm.Refused(StatusCodes.FORBIDDEN, "This form came from another site.");
    }
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getAuthority();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static void redirect(HttpServerExchange exchange, String path) {
    exchange.setStatusCode(StatusCodes.SEE_OTHER);
    exchange.getResponseHeaders().put(Headers.LOCATION, path);
    exchange.endExchange();
  }

  private static void html(HttpServerExchange exchange, int status, String page) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    text(exchange, "text/html", page);
  }

  private static void text(HttpServerExchange exchange, String type, String text) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type + "; charset=utf-8");
    exchange.getResponseSender().send(text, StandardCharsets.UTF_8);
  }
}
