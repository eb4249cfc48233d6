package appliance.edge.site;

import appliance.edge.hot.HotAnswers;
import io.undertow.server.HttpHandler;

/** Puts what this node can answer from its disk before the handler that asks an application. */
@FunctionalInterface
public interface FilesFirst {

  /** No files at all. */
  FilesFirst NONE = (application, repeats) -> application;

  /**
   * @param application called for what is no file, on any thread
   * @param repeats may be offered answers from memory
   */
  HttpHandler before(HttpHandler application, HotAnswers repeats);
}
