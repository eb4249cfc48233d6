package appliance.trust;

import java.security.cert.CertificateException;

/** A certificate that is in order as such, and not taken; already counted. */
final class RefusedKey extends CertificateException {

  private static final long serialVersionUID = 1;

  RefusedKey(Refusal refusal, String detail) {
    super(refusal.words() + " (" + detail + ")");
  }

  static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RefusedKey) {
        return true;
      }
    }
    return false;
  }
}
