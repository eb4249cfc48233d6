package appliance.fastcgi;

import java.io.IOException;

/** Php is there, but all its children are busy and enough connections wait for them already. */
final class BacklogFull extends IOException {

  private static final long serialVersionUID = 1;

  BacklogFull() {
    super("its backlog is full");
  }
}
