package appliance.replication;

import appliance.replication.SqlTokens.Token;
import appliance.replication.StatementEffect.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells from a statement's first words what it means for the replicated schema.
 *
 * <p>It does not translate: a statement that changes a table has that table copied anew. One that it
 * does not know and that may concern the schema has everything copied anew.
 */
final class StatementParser {

  private static final Set<String> WITHOUT_ROWS = Set.of(
      "GRANT",
      "REVOKE",
      "FLUSH",
      "ANALYZE",
      "OPTIMIZE",
      "REPAIR",
      "CHECK",
      "INSTALL",
      "UNINSTALL",
      "LOCK",
      "UNLOCK",
      "SAVEPOINT",
      "RELEASE",
      "BEGIN",
      "START",
      "SET",
      "USE",
      "SHOW",
      "BACKUP",
      "CHANGE",
      "PURGE",
      "RESET",
      "KILL",
      "COMMENT");

  private static final Set<String> WITH_ROWS =
      Set.of("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "DO", "WITH");

  private static final Set<String> OBJECTS_WITHOUT_ROWS = Set.of(
      "VIEW",
      "TRIGGER",
      "PROCEDURE",
      "FUNCTION",
      "EVENT",
      "USER",
      "ROLE",
      "SERVER",
      "PACKAGE",
      "SEQUENCE",
      "DEFINER",
      "ALGORITHM",
      "SQL",
      "AGGREGATE",
      "TABLESPACE",
      "LOGFILE",
      "TEMPORARY",
      "INSTANCE",
      "CATALOG");

  private static final Set<String> INDEX_KINDS =
      Set.of("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "ONLINE", "OFFLINE", "INDEX");

  private final String schema;
  private final boolean lowerCase;

  /**
   * A parser for statements that concern {@code schema}.
   *
   * @param lowerCase whether the master stores names in lower case (lower_case_table_names)
   */
  StatementParser(String schema, boolean lowerCase) {
    this.schema = schema;
    this.lowerCase = lowerCase;
  }

  StatementEffect parse(String database, String sql) {
    return new Statement(database, SqlTokens.of(sql)).effect();
  }

  /** One statement, read from its front. */
  private final class Statement {

    private final String database;
    private final List<Token> tokens;
    private final Set<String> tables = new LinkedHashSet<>();
    private int at;

    private Statement(String database, List<Token> tokens) {
      this.database = database;
      this.tokens = tokens;
    }

    private StatementEffect effect() {
      if (word().equals("SET") && SqlTokens.word(tokens, 1).equals("STATEMENT")) {
        skipPast("FOR");
      }
      String verb = next();
      return switch (verb) {
        case "COMMIT" -> StatementEffect.of(Kind.COMMIT);
        case "ROLLBACK" ->
          StatementEffect.of(at < tokens.size() ? Kind.ROLLBACK_TO_SAVEPOINT : Kind.ROLLBACK);
        case "XA" -> xa();
        case "CREATE" -> create();
        case "ALTER" -> alter();
        case "DROP" -> drop();
        case "TRUNCATE" -> truncate();
        case "RENAME" -> rename();
        case "DELETE" -> delete();
        default -> other(verb);
      };
    }

    private StatementEffect other(String verb) {
      if (WITHOUT_ROWS.contains(verb)) {
        return StatementEffect.of(Kind.NOTHING);
      }
      if (WITH_ROWS.contains(verb)) {
        return concerning(Kind.ROWS_AS_STATEMENT);
      }
      return concerning(Kind.COPY_ALL);
    }

    private StatementEffect concerning(Kind kind) {
      boolean ours = database.equals(schema)
          || tokens.stream().anyMatch(token -> token.text().equalsIgnoreCase(schema));
      return StatementEffect.of(ours ? kind : Kind.NOTHING);
    }

    private StatementEffect xa() {
      String verb = next();
      if (!verb.equals("END") && !verb.equals("COMMIT")) {
        return StatementEffect.of(Kind.NOTHING);
      }
      String xid = tokens.subList(at, tokens.size()).stream()
          .map(Token::text)
          .filter(text -> !text.equals("ONE") && !text.equals("PHASE"))
          .collect(Collectors.joining(" "));
      return new StatementEffect(verb.equals("END") ? Kind.XA_END : Kind.XA_COMMIT, Set.of(), xid);
    }

    private StatementEffect create() {
      boolean replace = take("OR") && take("REPLACE");
      if (take("TABLE")) {
        skipIfExists();
        name();
        return effect(Kind.COPY);
      }
      if (word().equals("DATABASE") || word().equals("SCHEMA")) {
        at++;
        return replace ? wholeSchema() : StatementEffect.of(Kind.NOTHING);
      }
      if (INDEX_KINDS.contains(word())) {
        boolean unique = word().equals("UNIQUE");
        skipPast("ON");
        name();
        return unique || replace ? effect(Kind.COPY) : StatementEffect.of(Kind.NOTHING);
      }
      return OBJECTS_WITHOUT_ROWS.contains(word())
          ? StatementEffect.of(Kind.NOTHING)
          : concerning(Kind.COPY_ALL);
    }

    private StatementEffect alter() {
      while (take("ONLINE") || take("OFFLINE") || take("IGNORE")) {
        // words before TABLE that change nothing here
      }
      if (!take("TABLE")) {
        boolean known = OBJECTS_WITHOUT_ROWS.contains(word())
            || word().equals("DATABASE")
            || word().equals("SCHEMA");
        return known ? StatementEffect.of(Kind.NOTHING) : concerning(Kind.COPY_ALL);
      }
      skipIfExists();
      name();
      if (changesNoRows()) {
        return StatementEffect.of(Kind.NOTHING);
      }
      while (at < tokens.size()) {
        otherTable();
      }
      return effect(Kind.COPY);
    }

    /** {@code DISABLE KEYS}, {@code ENABLE KEYS}, {@code AUTO_INCREMENT = n}, and nothing else. */
    private boolean changesNoRows() {
      int left = tokens.size() - at;
      String second = SqlTokens.word(tokens, at + 1);
      return (left == 2 && second.equals("KEYS")) || (left <= 3 && word().equals("AUTO_INCREMENT"));
    }

    /** Another table that ALTER TABLE changes with its own: by RENAME, EXCHANGE or CONVERT. */
    private void otherTable() {
      String word = next();
      if (word.equals("TABLE")) {
        name();
      } else if (word.equals("RENAME") && !Set.of("COLUMN", "INDEX", "KEY").contains(word())) {
        if (!take("TO") && !take("AS")) {
          take("=");
        }
        name();
      }
    }

    private StatementEffect drop() {
      if (take("TABLE") || take("TABLES")) {
        skipIfExists();
        do {
          name();
        } while (take(","));
        return effect(Kind.DROP);
      }
      if (word().equals("DATABASE") || word().equals("SCHEMA")) {
        at++;
        return wholeSchema();
      }
      if (take("INDEX")) {
        skipPast("ON");
        name();
        return effect(Kind.COPY);
      }
      boolean known = OBJECTS_WITHOUT_ROWS.contains(word()) || word().equals("PREPARE");
      return known ? StatementEffect.of(Kind.NOTHING) : concerning(Kind.COPY_ALL);
    }

    private StatementEffect wholeSchema() {
      skipIfExists();
      boolean ours = at < tokens.size() && cased(tokens.get(at).text()).equals(schema);
      return StatementEffect.of(ours ? Kind.COPY_ALL : Kind.NOTHING);
    }

    private StatementEffect truncate() {
      take("TABLE");
      name();
      return effect(Kind.TRUNCATE);
    }

    private StatementEffect rename() {
      if (!take("TABLE") && !take("TABLES")) {
        return StatementEffect.of(Kind.NOTHING);
      }
      skipIfExists();
      do {
        name();
        skipPast("TO");
        name();
      } while (take(","));
      return effect(Kind.COPY);
    }

    /** {@code DELETE FROM t} alone is how a restarted master empties its MEMORY tables. */
    private StatementEffect delete() {
      if (take("FROM")) {
        name();
        if (at == tokens.size()) {
          return effect(Kind.TRUNCATE);
        }
      }
      return concerning(Kind.ROWS_AS_STATEMENT);
    }

    private StatementEffect effect(Kind kind) {
      return tables.isEmpty()
          ? StatementEffect.of(Kind.NOTHING)
          : new StatementEffect(kind, tables, "");
    }

    /** Reads {@code name} or {@code database.name} and keeps it if it is of the schema. */
    private void name() {
      if (at >= tokens.size()) {
        return;
      }
      String first = tokens.get(at++).text();
      String owner = database;
      String name = first;
      if (take(".") && at < tokens.size()) {
        owner = first;
        name = tokens.get(at++).text();
      }
      if (cased(owner).equals(schema)) {
        tables.add(cased(name));
      }
    }

    private String cased(String name) {
      return lowerCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    private void skipIfExists() {
      if (take("IF")) {
        take("NOT");
        take("EXISTS");
      }
    }

    private void skipPast(String keyword) {
      while (at < tokens.size() && !next().equals(keyword)) {
        // on to the keyword
      }
    }

    private String word() {
      return SqlTokens.word(tokens, at);
    }

    private String next() {
      String word = word();
      at++;
      return word;
    }

    private boolean take(String word) {
      boolean there = word().equals(word);
      if (there) {
        at++;
      }
      return there;
    }
  }
}
