package appliance.scenario;

import appliance.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Two writers on the master: transfers over several rows and tables, inserts, updates, deletes, a table
 * without a key, and a rollback now and then.
 */
final class WriteLoad implements AutoCloseable {

  private static final int WRITERS = 2;
  private static final int ACCOUNTS = 50;
  private static final int ATTEMPTS_MAX = 20;

  private final TestDatabase database;
  private final long seed;
  private final List<Thread> writers = new ArrayList<>();
  private final LongAdder transactions = new LongAdder();
  private final LongAdder deadlocks = new LongAdder();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile boolean ending;

  WriteLoad(TestDatabase database, long seed) {
    this.database = database;
    this.seed = seed;
  }

  static void createTables(TestDatabase database) throws SQLException {
    database.execute("CREATE TABLE account (id INT PRIMARY KEY, owner VARCHAR(50) NOT NULL,"
        + " balance DECIMAL(12,2) NOT NULL, changed DATETIME(6))");
    database.execute("CREATE TABLE posting (id BIGINT AUTO_INCREMENT PRIMARY KEY,"
        + " account INT NOT NULL, amount DECIMAL(12,2) NOT NULL, memo TEXT, KEY (account))");
    database.execute("CREATE TABLE event (kind VARCHAR(10), n INT, note VARCHAR(40))");
    database.execute("CREATE TABLE counter (name VARCHAR(20) PRIMARY KEY, n BIGINT, m BIGINT)");
    for (int i = 0; i < ACCOUNTS; i++) {
      database.execute("INSERT INTO account VALUES (" + i + ", 'owner " + i + "', 100, NULL)");
    }
    for (int i = 0; i < WRITERS; i++) {
      database.execute("INSERT INTO counter VALUES ('writer " + i + "', 0, 0)");
    }
  }

  void start() {
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      Thread thread = new Thread(() -> write(writer), "writer-" + i);
      writers.add(thread);
      thread.start();
    }
  }

  long transactions() {
    return transactions.sum();
  }

  /** How often the master chose a transaction as a deadlock's victim, and it was repeated. */
  long deadlocks() {
    return deadlocks.sum();
  }

  private void write(int writer) {
    Random random = new Random(seed + writer);
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      while (!ending) {
        untilCommitted(connection, writer, random.nextLong());
        Thread.sleep(random.nextInt(6));
      }
    } catch (SQLException | InterruptedException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** The same seed makes the same transaction. */
  private void untilCommitted(Connection connection, int writer, long transactionSeed)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction(connection, writer, new Random(transactionSeed));
        return;
      } catch (SQLTransactionRollbackException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        deadlocks.increment();
        connection.rollback();
      }
    }
  }

  private void transaction(Connection connection, int writer, Random random) throws SQLException {
    // Each writer has its own half of the accounts, so that none waits for the other's locks.
    int account = writer + WRITERS * random.nextInt(ACCOUNTS / WRITERS);
    int amount = random.nextInt(1_000);
    run(
        connection,
        "UPDATE account SET balance = balance + ?, changed = NOW(6) WHERE id = ?",
        amount,
        account);
    run(
        connection,
        "INSERT INTO posting (account, amount, memo) VALUES (?, ?, 'grüße \uD83C\uDF0D')",
        account,
        amount);
    run(
        connection,
        "UPDATE counter SET n = n + 1, m = m + ? WHERE name = ?",
        amount,
        "writer " + writer);
    run(
        connection,
        "INSERT INTO event VALUES ('posted', ?, 'same'), ('posted', ?, 'same')",
        amount % 7,
        amount % 7);
    switch (random.nextInt(10)) {
      case 0 ->
        run(
            connection,
            "DELETE FROM posting WHERE account = ? AND amount < ?",
            account,
            amount / 2);
      case 1 -> run(connection, "DELETE FROM event WHERE n = ? AND ? >= 0 LIMIT 1", amount % 7, 0);
      case 2 -> {
        connection.rollback();
        return;
      }
      default -> {}
    }
    connection.commit();
    transactions.increment();
  }

  private static void run(Connection connection, String sql, Object first, Object second)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, first);
      statement.setObject(2, second);
      statement.executeUpdate();
    }
  }

  /** Ends the writers; fails if one of them did. */
  void end() {
    ending = true;
    for (Thread writer : writers) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new AssertionError("a writer failed", failed);
    }
  }

  @Override
  public void close() {
    end();
  }
}
