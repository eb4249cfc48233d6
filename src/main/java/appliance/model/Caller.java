package appliance.model;

import java.util.Optional;

/**
 * Who asked an application within this process for an answer, and gives another one where that has none. All
 * calls are on the thread of the request; the six behind {@link #given} end the request, and at most one of them
 * is made.
 */
public interface Caller {

  /** Why an application saw nothing of a request. */
  enum Unsent {
    /** It takes no connections. */
    UNREACHABLE,
    /** It is there, and has more requests than it can take. */
    BUSY,
    /** This node itself cannot send it now. */
    OWN_FAULT
  }

  /** How an answer ended before its end. */
  enum End {
    /** By the application. */
    BROKEN,
    /** So, after its client had it wait for long: it may have a limit for that, and is not to blame. */
    HELD_UP,
    /** It took longer than an answer may. */
    LATE
  }

  /** The port that the client used, of this node or of what is before it. */
  int port();

  /** The path and query that the client asked for, if a rewrite has put others in their place. */
  default Optional<String> askedFor() {
    return Optional.empty();
  }

  /** Whether it only asks how the application is. */
  default boolean check() {
    return false;
  }

  /** The application works on it from now on; until then it only waits for its turn. */
  void begun();

  /** All of an answer has come from the application, which the client may not have taken yet. */
  void given();

  /** No byte of the request has reached the application, and its body is untouched: another one may be asked. */
  void unsent(Unsent kind, String why);

  /** There is no answer to a request that the application may have seen; {@code status} says so, 5xx. */
  void failed(int status, String words);

  /** There will be no whole answer: some of it may be out, and is to be cut. */
  void brokenOff(End how, String why);

  /** The client does not send its request's body as it must; {@code status} says so, 4xx. */
  void clientFailed(int status, String words);

  /** The client does not take an answer, some of which may be out: it is to be cut. */
  void clientLost(String why);

  /** All of an answer is out, although the client may still send a body that nobody reads. */
  void answered();

  /** What the rest of the request's body, which is never read, is refused with; 0 if it is not. */
  int bodyRefused();

  /** Whether the answer may begin; asked until it has begun. */
  boolean mayAnswer();

  /** Calls {@code goOn} once, when to ask {@link #mayAnswer} again; not if the request ends before. */
  void whenItMay(Runnable goOn);
}
