package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.util.StatusCodes;

/**
 * Why one attempt at php gave no answer.
 *
 * @param message for the log: what happened, and where
 */
record Failure(Kind kind, String message) {

  /** The classes of failure, as the client is told of them. */
  enum Kind {
    BROKEN(StatusCodes.BAD_GATEWAY, "the application broke off"),
    /** As {@link #BROKEN}, after its client had it wait for long. */
    HELD_UP(StatusCodes.BAD_GATEWAY, "the application broke off"),
    INVALID(StatusCodes.BAD_GATEWAY, "the application gave an invalid answer"),
    FIRST_BYTE(StatusCodes.GATEWAY_TIME_OUT, "the application did not answer in time"),
    TOTAL(StatusCodes.GATEWAY_TIME_OUT, "the application took too long"),
    IDLE(StatusCodes.GATEWAY_TIME_OUT, "the application fell silent"),
    SLOW(StatusCodes.REQUEST_TIME_OUT, "the body came too slowly"),
    CLIENT(StatusCodes.BAD_REQUEST, "the request's body did not come as announced"),
    TOO_LARGE(StatusCodes.REQUEST_ENTITY_TOO_LARGE, "the request's body is too large"),
    SPOOL(StatusCodes.SERVICE_UNAVAILABLE, "the request's body could not be kept");

    final int status;
    final String words;

    Kind(int status, String words) {
      this.status = status;
      this.words = words;
    }

    /** Whether it is php's or this node's, not the client's. */
    boolean phps() {
      return status >= StatusCodes.INTERNAL_SERVER_ERROR;
    }
  }

  /**
   * Php broke off.
   *
   * @param heldUp whether it may have done so because of its client
   */
  static Failure broken(boolean heldUp, String message) {
    return heldUp
        ? new Failure(Kind.HELD_UP, message + "; its client had it wait for long")
        : new Failure(Kind.BROKEN, message);
  }

  /** Php does nothing, for {@code nanos} by now: where it should begin its answer, or at any other time. */
  static Failure still(boolean beforeAnswer, String what, long nanos) {
    return new Failure(
        beforeAnswer ? Kind.FIRST_BYTE : Kind.IDLE,
        what + " after " + nanos / 1_000_000_000 + " s");
  }

  /** Within an answer that has begun, if it is not the client's; or that is nothing against php. */
  void tellOfEnd(Caller caller) {
    Caller.End end = switch (kind) {
      case TOTAL -> Caller.End.LATE;
      case HELD_UP -> Caller.End.HELD_UP;
      default -> Caller.End.BROKEN;
    };
    caller.brokenOff(end, message);
  }
}
