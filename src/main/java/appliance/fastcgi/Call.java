package appliance.fastcgi;

import appliance.model.Caller;

/** One request on its way through php. Belongs to the I/O thread of its pool. */
interface Call {

  /** A restart may end the child that a retry went to; a script that kills its child ends here. */
  int RETRIES_MAX = 2;

  void runsOn(Connection on);

  /** Valid until {@code maker} makes the next ones. */
  Parameters parameters(RequestParameters maker);

  Body body();

  /** Where the answer goes. */
  Answer answer();

  /** By {@link System#nanoTime}. */
  long waitingSince();

  /** Whether there is nobody left to answer. */
  boolean over();

  /** Whether running it twice is the same as once: RFC 9110, section 9.2.2. */
  boolean idempotent();

  /** Whether it only asks how php is: such a one is no work of php's. */
  boolean check();

  /**
   * Whether it may go to php once more after a connection broke before the answer's first byte.
   *
   * @param seen whether php may have seen some of it
   */
  boolean mayRunAgain(boolean seen);

  /** Whether php may have seen some of it before. */
  boolean isRetry();

  void runAgain(boolean seen);

  /** Php has not seen a byte of it: someone else may answer, unless its body has been taken. */
  void refuse(Caller.Unsent kind, String why);

  /** Tells who asked, if there has been no answer yet; else breaks that off. */
  void fail(Failure failure);

  /** Php is done with it. */
  void done();
}
