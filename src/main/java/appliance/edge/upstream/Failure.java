package appliance.edge.upstream;

import appliance.model.Caller;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why one attempt at an application gave no answer.
 *
 * @param message for the log and the status: what happened, and where
 * @param reached whether a byte of the request may have reached the application
 * @param stale whether the attempt used a kept connection that the application had already given up
 * @param byRelay whether it was the way by the member's relay, of one that is reached directly as well
 */
public record Failure(Kind kind, String message, boolean reached, boolean stale, boolean byRelay) {

  /** The classes of failure, as the error page names them. */
  public enum Kind {
    CONNECT(StatusCodes.BAD_GATEWAY, "the application cannot be reached", true),
    CONNECT_TIMEOUT(
        StatusCodes.GATEWAY_TIME_OUT, "the application cannot be reached in time", true),
    QUEUE(
        StatusCodes.SERVICE_UNAVAILABLE,
        "the application has more requests than it can take",
        false),
    /** This node has no descriptor or port left, or finds no address: nothing against the application. */
    OWN_FAULT(StatusCodes.BAD_GATEWAY, "the application cannot be reached", false),
    BROKEN(StatusCodes.BAD_GATEWAY, "the application broke off", true),
    /** Its node is gone or has waited long enough: nothing against the application. */
    ABANDONED(StatusCodes.BAD_GATEWAY, "the application broke off", false),
    /** As {@link #BROKEN}, after its client had it wait for long: nothing against the application. */
    HELD_UP(StatusCodes.BAD_GATEWAY, "the application broke off", false),
    INVALID(StatusCodes.BAD_GATEWAY, "the application gave an invalid answer", true),
    FIRST_BYTE(StatusCodes.GATEWAY_TIME_OUT, "the application did not answer in time", true),
    /** A limit that the operator set, and a slow client may use up: nothing against the application. */
    TOTAL(StatusCodes.GATEWAY_TIME_OUT, "the application took too long", false),
    NONE_READY(StatusCodes.SERVICE_UNAVAILABLE, "no application is ready", false),
    /** A site of files alone, and this is none of them. */
    NOTHING_HERE(StatusCodes.NOT_FOUND, "there is nothing here", false),
    NO_MASTER(StatusCodes.SERVICE_UNAVAILABLE, "there is no master at this moment", false),
    /** As {@link #NO_MASTER}, and it is known why: the message is for the reader. */
    NO_MAJORITY(StatusCodes.SERVICE_UNAVAILABLE, "this site is read-only for now", false),
    /** The node whose application it is may not write now. */
    FENCED(StatusCodes.SERVICE_UNAVAILABLE, "there is no master at this moment", false);

    /** What a client is answered with. */
    public final int status;

    /** For the reader of the error page. */
    public final String words;
    /** Whether it speaks against the application's health. */
    public final boolean blame;

    Kind(int status, String words, boolean blame) {
      this.status = status;
      this.words = words;
      this.blame = blame;
    }

    /** That of an application within this process. */
    public static Kind of(Caller.Unsent unsent) {
      return switch (unsent) {
        case UNREACHABLE -> CONNECT;
        case BUSY -> QUEUE;
        case OWN_FAULT -> OWN_FAULT;
      };
    }

    /** That of an answer that ended before its end. */
    public static Kind of(Caller.End end) {
      return switch (end) {
        case BROKEN -> BROKEN;
        case HELD_UP -> HELD_UP;
        case LATE -> TOTAL;
      };
    }

    /** What stops a connection before it has left this node is no news of the application. */
    static Kind of(IOException whyNotConnected) {
      boolean theirs = whyNotConnected instanceof ConnectException
          || whyNotConnected instanceof NoRouteToHostException;
      boolean ours = whyNotConnected instanceof SocketException
          || whyNotConnected instanceof UnknownHostException;
      return ours && !theirs ? OWN_FAULT : CONNECT;
    }

    /** Whether a relay names it to the edge that asks: others say that there is nobody to be asked. */
    public boolean toldApart() {
      return this == QUEUE || this == CONNECT_TIMEOUT || this == OWN_FAULT;
    }

    /** The one that a relay names; {@link #CONNECT} if it names none that is told apart. */
    public static Kind told(@Nullable String name) {
      return Arrays.stream(values())
          .filter(kind -> kind.toldApart() && kind.name().equals(name))
          .findFirst()
          .orElse(CONNECT);
    }

    /** Whether a relay names it of an application that has seen the request: another one might do better. */
    public boolean mayDoBetter() {
      return this == BROKEN || this == INVALID || this == HELD_UP;
    }

    /** The one of these that a relay names, if it names one. */
    public static Optional<Kind> toldOfFailed(@Nullable String name) {
      return Arrays.stream(values())
          .filter(kind -> kind.mayDoBetter() && kind.name().equals(name))
          .findFirst();
    }

    /** Whether it holds for all applications of the node, however they are. */
    public boolean ofNode() {
      return this == FENCED || this == ABANDONED;
    }

    /** Whether it is a failure of the application, as far as its metrics go. */
    public boolean counts() {
      return !ofNode() && this != HELD_UP;
    }
  }

  /** A failure before any byte of the request was sent. */
  public static Failure unsent(Kind kind, String message) {
    return new Failure(kind, message, false, false, false);
  }

  /** A failure after some of the request was sent. */
  public static Failure sent(Kind kind, String message) {
    return new Failure(kind, message, true, false, false);
  }

  /** For the reader of the error page. */
  public String words() {
    return kind == Kind.NO_MAJORITY ? kind.words + ": " + message : kind.words;
  }

  /** The same, on a kept connection that the application had given up. */
  public Failure asStale() {
    return new Failure(kind, message, reached, true, byRelay);
  }

  /** The same, on the way by the relay: what is reached directly may be well. */
  public Failure onRelay() {
    return new Failure(kind, message, reached, stale, true);
  }
}
