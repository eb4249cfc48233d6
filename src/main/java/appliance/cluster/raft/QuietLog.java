package appliance.cluster.raft;

import org.jgroups.logging.CustomLogFactory;
import org.jgroups.logging.Log;
import org.jgroups.logging.LogFactory;
import org.jgroups.logging.Slf4jLogImpl;

/**
 * The log of the JGroups classes. The library's own makes the text of every message it traces, of several
 * for each entry of the replicated log, before it looks whether anyone reads it.
 */
final class QuietLog extends Slf4jLogImpl {

  private QuietLog(Class<?> of) {
    super(of);
  }

  private QuietLog(String category) {
    super(category);
  }

  /** To be called before any other class of the library is used: each asks for its log as it loads. */
  static void install() {
    LogFactory.setCustomLogFactory(new CustomLogFactory() {
      @Override
      public Log getLog(Class<?> of) {
        return new QuietLog(of);
      }

      @Override
      public Log getLog(String category) {
        return new QuietLog(category);
      }
    });
  }

  @Override
  public void trace(String format, Object... values) {
    if (isTraceEnabled()) {
      super.trace(format, values);
    }
  }

  @Override
  public void debug(String format, Object... values) {
    if (isDebugEnabled()) {
      super.debug(format, values);
    }
  }
}
