package appliance.edge;

import appliance.model.Epoch;
import appliance.model.WriteRight;
import java.util.concurrent.atomic.AtomicInteger;

/** The right to write, as a test gives and takes it. */
final class Right implements WriteRight {

  /** The epoch in which this node may write. */
  volatile Epoch held = new Epoch(1_000);

  final AtomicInteger underWay = new AtomicInteger();

  @Override
  public Epoch begin() {
    Epoch now = held;
    if (!now.equals(Epoch.NONE)) {
      underWay.incrementAndGet();
    }
    return now;
  }

  @Override
  public boolean stands(Epoch epoch) {
    return held.equals(epoch) && !epoch.equals(Epoch.NONE);
  }

  @Override
  public boolean mayStand(Epoch epoch) {
    return held.equals(epoch) || held.equals(Epoch.NONE);
  }

  @Override
  public void end() {
    underWay.decrementAndGet();
  }
}
