/**
 * Certificates of the public side: read from files, chosen by the name that a client asks for, replaced
 * while connections live.
 *
 * <p>{@link CertificateSource} is the seam for other origins than files. Knows neither Undertow nor the
 * rest of the edge.
 */
@NullMarked
package appliance.edge.tls;

import org.jspecify.annotations.NullMarked;
