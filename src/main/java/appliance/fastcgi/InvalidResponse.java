package appliance.fastcgi;

import java.io.IOException;

/** An answer of php's that is not FastCGI or not CGI; the message continues "it sent ...". */
final class InvalidResponse extends IOException {

  private static final long serialVersionUID = 1;

  InvalidResponse(String message) {
    super(message);
  }
}
