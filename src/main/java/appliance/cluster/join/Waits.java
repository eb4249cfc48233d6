package appliance.cluster.join;

import appliance.model.ClusterView;
import appliance.model.NodeId;
import appliance.model.Wait;
import appliance.runtime.Published;
import java.util.Optional;

/**
 * Has the view tell what this node waits for while it is in no cluster: whoever asks for its status does not read
 * its log. The starting thread owns it.
 */
public final class Waits {

  private final Published<ClusterView> views;
  private final String cluster;
  private final NodeId self;
  private Optional<Wait> now = Optional.empty();

  /**
   * @param cluster the name of the cluster that this node is to be in
   */
  public Waits(Published<ClusterView> views, String cluster, NodeId self) {
    this.views = views;
    this.cluster = cluster;
    this.self = self;
  }

  /**
   * This node waits for that, from now on if it has not before.
   *
   * @param what as {@link Wait#what}
   * @param remedy as {@link Wait#remedy}
   */
  public void on(String what, String remedy) {
    now = Optional.of(now.filter(wait -> wait.what().equals(what))
        .map(wait -> wait.with(remedy))
        .orElseGet(() -> Wait.beginning(what, remedy)));
    publish();
  }

  /** It waits for nothing any more. */
  public void over() {
    now = Optional.empty();
    publish();
  }

  private void publish() {
    views.publish(ClusterView.empty(cluster, self, now));
  }
}
