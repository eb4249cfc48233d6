package appliance.files;

import io.undertow.server.HttpServerExchange;

/** What lies at a path, and how it is answered. */
sealed interface Lookup {

  void answer(HttpServerExchange exchange, StaticFiles files, FileCache.Look look) throws Exception;

  /** A file that may be sent. */
  record Found(Asset asset) implements Lookup {

    @Override
    public void answer(HttpServerExchange exchange, StaticFiles files, FileCache.Look look)
        throws Exception {
      files.found(exchange, asset, look);
    }
  }

  /** Nothing that is served from here. */
  record Missing() implements Lookup {

    @Override
    public void answer(HttpServerExchange exchange, StaticFiles files, FileCache.Look look)
        throws Exception {
      files.missed(exchange, look);
    }
  }

  /** Something that nobody gets to see; it ends here. */
  record Refused(int status) implements Lookup {

    @Override
    public void answer(HttpServerExchange exchange, StaticFiles files, FileCache.Look look) {
      files.refuse(exchange, status);
    }
  }

  /** A folder with an index, asked for without its last slash. */
  record Folder(String url) implements Lookup {

    @Override
    public void answer(HttpServerExchange exchange, StaticFiles files, FileCache.Look look) {
      files.redirect(exchange, url);
    }
  }
}
