package appliance.cluster.join;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What was last known of each of a limited number, the latest: of too many the earliest is forgotten. For what
 * strangers can make ever more of. Any thread.
 */
public final class Latest<K, V> {

  private final int max;
  private final Map<K, V> all = new LinkedHashMap<>();

  public Latest(int max) {
    this.max = max;
  }

  /** Returns whether the key was not known. */
  public synchronized boolean put(K key, V value) {
    boolean news = all.remove(key) == null;
    all.put(key, value);
    if (all.size() > max) {
      all.remove(all.keySet().iterator().next());
    }
    return news;
  }

  synchronized void remove(K key) {
    all.remove(key);
  }

  synchronized long count(Predicate<K> which) {
    return all.keySet().stream().filter(which).count();
  }

  synchronized Map<K, V> copy() {
    return Map.copyOf(all);
  }
}
