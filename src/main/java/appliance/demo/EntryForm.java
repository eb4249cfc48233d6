package appliance.demo;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.server.handlers.form.FormData;
import io.undertow.server.handlers.form.FormDataParser;
import io.undertow.server.handlers.form.FormEncodedDataDefinition;
import io.undertow.server.handlers.form.FormParserFactory;
import io.undertow.server.handlers.form.MultiPartParserDefinition;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/** Reads the posted forms: everything in them is a stranger's, and bounded before it is looked at. */
final class EntryForm {

  /** A picture and its fields; the server refuses longer requests. */
  static final long REQUEST_BYTES_MAX = Pictures.BYTES_MAX + (64 << 10);

  private final Pictures pictures;
  private final FormParserFactory parsers;

  EntryForm(Pictures pictures, Path temporary) {
    this.pictures = pictures;
    FormEncodedDataDefinition plain = new FormEncodedDataDefinition();
    plain.setDefaultEncoding("UTF-8");
    MultiPartParserDefinition multipart = new MultiPartParserDefinition(temporary);
    multipart.setDefaultEncoding("UTF-8");
    multipart.setMaxIndividualFileSize(Pictures.BYTES_MAX);
    parsers = FormParserFactory.builder(false).addParsers(plain, multipart).build();
  }

  /** A form that is not taken; the message is for the visitor. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** Where a checked entry goes; returns its id. */
  @FunctionalInterface
  interface Taker {
    long take(Draft draft) throws SQLException;
  }

  /** Gives the form's entry to {@code taker}; a picture whose entry fails does not stay behind. */
  long take(HttpServerExchange exchange, Taker taker) throws IOException, SQLException, Refused {
    FormData form = parse(exchange);
    Optional<String> picture = picture(form);
    Draft draft = new Draft(text(form, "author"), text(form, "message"), picture);
    if (draft.isEmpty()) {
      throw new Refused(StatusCodes.BAD_REQUEST, "Write a message or choose a picture.");
    }
    try {
      return taker.take(draft);
    } catch (SQLException e) {
      if (picture.isPresent()) {
        pictures.discard(picture.get());
      }
      throw e;
    }
  }

  /** The entry that a delete button stands for. */
  long id(HttpServerExchange exchange) throws IOException, Refused {
    try {
      return Long.parseLong(text(parse(exchange), "id"));
    } catch (NumberFormatException e) {
      throw new Refused(StatusCodes.BAD_REQUEST, "That is not an entry's number.");
    }
  }

  private FormData parse(HttpServerExchange exchange) throws IOException, Refused {
    FormDataParser parser = parsers.createParser(exchange);
    if (parser == null) {
      throw new Refused(StatusCodes.UNSUPPORTED_MEDIA_TYPE, "Send the form as a browser does.");
    }
    try {
      return parser.parseBlocking();
    } catch (RequestTooBigException | MultiPartParserDefinition.FileTooLargeException e) {
      throw new Refused(
          StatusCodes.REQUEST_ENTITY_TOO_LARGE,
          "A picture may have up to " + (Pictures.BYTES_MAX >> 20) + " MB.");
    }
  }

  private Optional<String> picture(FormData form) throws IOException, Refused {
    FormData.FormValue value = form.getFirst("picture");
    if (value == null || !value.isFileItem() || value.getFileItem().getFileSize() == 0) {
      return Optional.empty();
    }
    try (InputStream content = value.getFileItem().getInputStream()) {
      return Optional.of(pictures.store(content));
    } catch (Pictures.Refused e) {
      throw new Refused(StatusCodes.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private static String text(FormData form, String field) {
    FormData.FormValue value = form.getFirst(field);
    return value == null || value.isFileItem() ? "" : value.getValue();
  }
}
