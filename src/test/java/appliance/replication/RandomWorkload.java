package appliance.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** Writes what a busy WordPress and its plugins write, and worse, as a seed says. */
final class RandomWorkload {

  static final String[] TABLES = {
    "CREATE TABLE wp_posts (ID bigint unsigned NOT NULL AUTO_INCREMENT, post_author bigint unsigned"
        + " NOT NULL DEFAULT 0, post_date datetime NOT NULL DEFAULT '0000-00-00 00:00:00',"
        + " post_content longtext NOT NULL, post_title text NOT NULL, post_status varchar(20) NOT"
        + " NULL DEFAULT 'publish', menu_order int NOT NULL DEFAULT 0, PRIMARY KEY (ID), KEY"
        + " post_name (post_title(191)), KEY type_status (post_status, post_date, ID))",
    "CREATE TABLE wp_postmeta (meta_id bigint unsigned NOT NULL AUTO_INCREMENT, post_id bigint"
        + " unsigned NOT NULL DEFAULT 0, meta_key varchar(255), meta_value longtext, PRIMARY KEY"
        + " (meta_id), KEY post_id (post_id), KEY meta_key (meta_key(191)))",
    "CREATE TABLE wp_options (option_id bigint unsigned NOT NULL AUTO_INCREMENT, option_name"
        + " varchar(191) NOT NULL DEFAULT '', option_value longtext NOT NULL, autoload varchar(20)"
        + " NOT NULL DEFAULT 'yes', PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name))",
    "CREATE TABLE wp_term_relationships (object_id bigint unsigned NOT NULL, term_taxonomy_id bigint"
        + " unsigned NOT NULL, term_order int NOT NULL DEFAULT 0, PRIMARY KEY (object_id,"
        + " term_taxonomy_id))",
    "CREATE TABLE plugin_log (at timestamp(3) NULL, level enum('info','warn') DEFAULT 'info',"
        + " message varchar(200), price decimal(10,2), weight float, raw varbinary(16))",
    "CREATE TABLE plugin_old (id int PRIMARY KEY, v tinyint(1)) ENGINE=MyISAM",
  };

  private final Connection session;
  private final Random random;
  private final boolean definitions;
  private int column;

  /**
   * A workload in the session's schema.
   *
   * @param definitions whether tables change, too
   */
  RandomWorkload(Connection session, long seed, boolean definitions) {
    this.session = session;
    this.definitions = definitions;
    random = new Random(seed);
  }

  /** Makes the tables. */
  void begin() throws SQLException {
    session.setAutoCommit(true);
    for (String table : TABLES) {
      run(table);
    }
  }

  /** One transaction, or one change of a table. */
  void step() throws SQLException {
    if (definitions && random.nextInt(40) == 0) {
      session.setAutoCommit(true);
      run(definition());
      return;
    }
    session.setAutoCommit(random.nextInt(3) == 0);
    int statements = 1 + random.nextInt(5);
    for (int i = 0; i < statements; i++) {
      boolean savepoint = !session.getAutoCommit() && random.nextInt(6) == 0;
      if (savepoint) {
        run("SAVEPOINT s");
      }
      run(change());
      if (savepoint && random.nextBoolean()) {
        run("ROLLBACK TO s");
      }
    }
    if (!session.getAutoCommit()) {
      if (random.nextInt(8) == 0) {
        session.rollback();
      } else {
        session.commit();
      }
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private int some(int max) {
    return 1 + random.nextInt(max);
  }

  private String text() {
    return switch (random.nextInt(5)) {
      case 0 -> "''";
      case 1 -> "'ünï😀 \\'" + random.nextInt() + "'";
      case 2 -> "repeat('x', " + random.nextInt(3_000) + ")";
      case 3 -> "'a:1:{s:" + random.nextInt(99) + ":\"x\";}'";
      default -> "'text " + random.nextInt(100) + "'";
    };
  }

  private String change() {
    return switch (random.nextInt(16)) {
      case 0, 1 ->
        "INSERT INTO wp_posts (post_author, post_content, post_title, post_date) VALUES ("
            + some(9) + ", " + text() + ", " + text() + ", '2024-01-" + some(28) + "'), (1, "
            + text() + ", 'two', DEFAULT)";
      case 2 ->
        "INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, '_edit_lock', " + text()
            + " FROM wp_posts ORDER BY ID DESC LIMIT " + some(20);
      case 3 ->
        "UPDATE wp_posts SET post_content = " + text() + ", menu_order = menu_order + 1"
            + " WHERE ID % 7 = " + random.nextInt(7);
      case 4 ->
        "UPDATE wp_postmeta SET meta_value = " + text() + " WHERE meta_id % 11 = "
            + random.nextInt(11);
      case 5 -> "DELETE FROM wp_postmeta WHERE meta_id % 13 = " + random.nextInt(13);
      case 6 -> "DELETE FROM wp_posts WHERE ID % 17 = " + random.nextInt(17);
      case 7, 8 ->
        "INSERT INTO wp_options (option_name, option_value) VALUES ('_transient_"
            + random.nextInt(30) + "', " + text() + ") ON DUPLICATE KEY UPDATE option_value ="
            + " VALUES(option_value)";
      case 9 ->
        "REPLACE INTO wp_options (option_name, option_value) VALUES ('_Transient_"
            + random.nextInt(30) + "', " + text() + ")";
      case 10 ->
        "INSERT IGNORE INTO wp_term_relationships VALUES (" + some(40) + ", " + some(5) + ", 0)";
      case 11 ->
        "UPDATE IGNORE wp_term_relationships SET object_id = object_id + 1 ORDER BY"
            + " object_id DESC LIMIT 5";
      case 12, 13 ->
        "INSERT INTO plugin_log (at, message, price, weight, raw) VALUES ("
            + "FROM_UNIXTIME(" + some(2_000_000_000) + "), "
            + (random.nextBoolean() ? "NULL" : "'m'")
            + ", " + random.nextInt(1000) + ".5, " + random.nextFloat() + ", x'00"
            + String.format("%02x", random.nextInt(256)) + "00'), (NULL, 'same', 1, 1, '')";
      case 14 ->
        random.nextBoolean()
            ? "DELETE FROM plugin_log WHERE message <=> 'same' LIMIT 2"
            : "UPDATE plugin_log SET level = 'warn' WHERE message IS NULL LIMIT 3";
      default -> "REPLACE INTO plugin_old VALUES (" + some(20) + ", " + random.nextInt(2) + ")";
    };
  }

  private String definition() {
    return switch (random.nextInt(9)) {
      case 0 ->
        "ALTER TABLE wp_posts ADD c" + column++ + " int DEFAULT 5, ADD KEY k" + column
            + " (menu_order)";
      case 1 ->
        "ALTER TABLE wp_postmeta MODIFY meta_key varchar(" + (250 + random.nextInt(5)) + ")";
      case 2 -> "TRUNCATE TABLE plugin_log";
      case 3 -> "CREATE OR REPLACE TABLE plugin_copy AS SELECT * FROM wp_options";
      case 4 -> "RENAME TABLE plugin_old TO plugin_new, plugin_new TO plugin_old";
      case 5 -> "DROP TABLE IF EXISTS plugin_copy";
      case 6 -> "CREATE TABLE IF NOT EXISTS plugin_copy (id int)";
      case 7 -> "OPTIMIZE TABLE wp_options";
      default ->
        "ALTER TABLE plugin_log ADD COLUMN IF NOT EXISTS extra varchar(20) DEFAULT 'e'"
            + " AFTER level";
    };
  }
}
