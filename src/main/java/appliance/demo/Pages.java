package appliance.demo;

import static appliance.demo.Html.escape;

import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The pages as HTML. Every value that is not of this class goes through {@link Html#escape}. */
final class Pages {

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss", Locale.ENGLISH);

  private final String node;
  private final String mediaPath;

  Pages(String node, String mediaPath) {
    this.node = node;
    this.mediaPath = mediaPath;
  }

  /** The public page: form and entries. {@code thanks} is shown above them unless it is empty. */
  String home(Guestbook.Listing listing, String thanks) {
    return page("Guestbook", box("thanks", thanks) + FORM + source(listing) + list(listing, false));
  }

  /** The page of the {@code admin.} host: the entries with a button to delete each. */
  String admin(Guestbook.Listing listing) {
    String hint = "<p class=\"hint\">This host is served by the master's application only. It is a"
        + " demo, so there is no login.</p>";
    return page("Guestbook admin", hint + source(listing) + list(listing, true));
  }

  /** A page that says what went wrong and what the visitor can do. */
  String problem(String title, String message) {
    return page(title, box("notice", message) + "<p><a href=\"/\">Back to the guestbook</a></p>");
  }

  private static final String FORM = """
      <form class="card" method="post" action="/entries" enctype="multipart/form-data">
        <label>Name <input name="author" maxlength="60" autocomplete="name"></label>
        <label>Message <textarea name="message" rows="3" maxlength="1000"></textarea></label>
        <label>Picture <input type="file" name="picture" accept="image/png,image/jpeg,image/gif,image/webp"></label>
        <button>Sign the guestbook</button>
      </form>
      """;

  private String page(String title, String body) {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s</title>
        <link rel="stylesheet" href="/guestbook.css">
        <link rel="icon" href="/favicon.svg" type="image/svg+xml">
        </head>
        <body>
        <header><h1>%1$s</h1><p class="node">answered by <b>%2$s</b></p></header>
        <main>
        %3$s</main>
        </body>
        </html>
        """.formatted(escape(title), escape(node), body);
  }

  private static String box(String kind, String text) {
    return text.isEmpty()
        ? ""
        : "<p class=\"box " + kind + "\" role=\"status\">" + escape(text) + "</p>\n";
  }

  private static String source(Guestbook.Listing listing) {
    return box("notice", listing.note()) + "<p class=\"source\">Read from the "
        + escape(listing.source()) + ".</p>\n";
  }

  private String list(Guestbook.Listing listing, boolean deletable) {
    List<Entry> entries = listing.entries();
    if (entries.isEmpty()) {
      return "<p class=\"empty\">No entries yet.</p>\n";
    }
    StringBuilder html = new StringBuilder("<ol class=\"entries\">\n");
    entries.forEach(entry -> html.append(item(entry, deletable)));
    return html.append("</ol>\n").toString();
  }

  private String item(Entry entry, boolean deletable) {
    return """
        <li class="card" id="entry-%d">
        <p class="who"><b>%s</b> <span>%s UTC, by %s</span></p>
        %s%s%s</li>
        """.formatted(
            entry.id(),
            escape(entry.author()),
            escape(WHEN.format(entry.posted())),
            escape(entry.node()),
            message(entry),
            entry.picture().map(this::picture).orElse(""),
            deletable ? deleteButton(entry.id()) : "");
  }

  private static String message(Entry entry) {
    return entry.message().isEmpty()
        ? ""
        : "<p class=\"message\">" + escape(entry.message()) + "</p>\n";
  }

  private String picture(String file) {
    String address = escape(mediaPath + file);
    return "<a href=\"" + address + "\"><img src=\"" + address
        + "\" alt=\"Picture of this entry\" loading=\"lazy\"></a>\n";
  }

  private static String deleteButton(long id) {
    return "<form method=\"post\" action=\"/admin/delete\"><input type=\"hidden\" name=\"id\""
        + " value=\"" + id + "\"><button class=\"delete\">Delete</button></form>\n";
  }
}
