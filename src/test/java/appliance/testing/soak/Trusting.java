package appliance.testing.soak;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS of a client that takes any certificate: those of a soak are made for it. */
final class Trusting extends X509ExtendedTrustManager {

  static SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    return context;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket on) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket on) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine on) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine on) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
