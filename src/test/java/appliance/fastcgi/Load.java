package appliance.fastcgi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients that ask at the same time; what fails is told. */
final class Load {

  /** What is done to php meanwhile. */
  @FunctionalInterface
  interface Trouble {
    void make() throws IOException;
  }

  private Load() {}

  /** {@code clients} threads ask {@code times} each. */
  static List<String> run(int clients, int times, Callable<Boolean> ask) {
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(new Thread(() -> {
        for (int n = 0; n < times; n++) {
          ask(ask, failures);
        }
      }));
    }
    threads.forEach(Thread::start);
    threads.forEach(Load::join);
    return failures;
  }

  /** {@code clients} threads ask for as long as {@code trouble} takes. */
  static List<String> during(int clients, Callable<Boolean> ask, Trouble trouble)
      throws IOException {
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(new Thread(() -> {
        while (!over.get()) {
          ask(ask, failures);
        }
      }));
    }
    threads.forEach(Thread::start);
    try {
      trouble.make();
    } finally {
      over.set(true);
      threads.forEach(Load::join);
    }
    return failures;
  }

  private static void ask(Callable<Boolean> ask, List<String> failures) {
    try {
      if (!ask.call()) {
        failures.add("refused");
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
