package appliance.runtime;

/** A component with a life: started once, closed once, in the order that {@code Node} gives. */
public interface Service extends AutoCloseable {

  /**
   * Returns when the component works.
   *
   * @throws StartFailure if the operator has to do something first
   */
  void start();

  /** Ends all it started; returns when nothing of it runs any more. Never throws. */
  @Override
  void close();
}
