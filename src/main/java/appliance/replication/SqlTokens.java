package appliance.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A statement of the binlog as words and signs: comments left out, but the text of executable ones
 * ({@code /*!40101 ... *}{@code /}) kept, quotes taken off.
 */
final class SqlTokens {

  /**
   * One word or sign.
   *
   * @param quoted whether it stood in quotes of any kind, and so is no keyword
   */
  record Token(String text, boolean quoted) {}

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  static List<Token> of(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    tokens.read();
    return List.copyOf(tokens.tokens);
  }

  private void read() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#' || (c == '-' && isLineComment())) {
        skipTo("\n");
      } else if (sql.startsWith("/*", at)) {
        comment();
      } else if (sql.startsWith("*/", at)) {
        at += 2; // the end of an executable comment
      } else if (c == '`' || c == '"' || c == '\'') {
        quoted(c);
      } else if (isWordPart(c)) {
        word();
      } else {
        tokens.add(new Token(String.valueOf(c), false));
        at++;
      }
    }
  }

  private boolean isLineComment() {
    return sql.startsWith("--", at) && (at + 2 >= sql.length() || sql.charAt(at + 2) <= ' ');
  }

  private void skipTo(String end) {
    int found = sql.indexOf(end, at);
    at = found < 0 ? sql.length() : found + end.length();
  }

  private void comment() {
    int mark = sql.startsWith("/*M!", at) ? 4 : sql.startsWith("/*!", at) ? 3 : 0;
    if (mark == 0) {
      at += 2;
      skipTo("*/");
      return;
    }
    at += mark;
    while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
      at++;
    }
  }

  private void quoted(char quote) {
    StringBuilder text = new StringBuilder();
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == quote && at < sql.length() && sql.charAt(at) == quote) {
        at++;
      } else if (c == quote) {
        break;
      } else if (c == '\\' && quote != '`' && at < sql.length()) {
        c = sql.charAt(at++);
      }
      text.append(c);
    }
    tokens.add(new Token(text.toString(), true));
  }

  private void word() {
    int start = at;
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    tokens.add(new Token(sql.substring(start, at), false));
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
  }

  /** The word at {@code index} in capitals; empty if that is quoted or not there. */
  static String word(List<Token> tokens, int index) {
    if (index >= tokens.size() || tokens.get(index).quoted()) {
      return "";
    }
    return tokens.get(index).text().toUpperCase(Locale.ROOT);
  }
}
