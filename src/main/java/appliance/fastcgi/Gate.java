package appliance.fastcgi;

/** Says when an answer of php may begin to go to the client. On the exchange's I/O thread. */
public interface Gate {

  /** Of a caller that never holds one back. */
  Gate OPEN = new Gate() {
    @Override
    public boolean open() {
      return true;
    }

    @Override
    public void whenOpen(Runnable goOn) {
      goOn.run();
    }
  };

  /** Whether one may begin now. */
  boolean open();

  /** Calls {@code goOn} once when that is so, unless the exchange is over before. */
  void whenOpen(Runnable goOn);
}
