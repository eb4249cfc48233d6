/**
 * A non-blocking FastCGI/1.0 responder client for php-fpm, on the I/O thread that a request arrived on.
 *
 * <p>Knows Undertow's exchange but not who routes to it. Whether a file is shown to the public is not
 * decided here, only which script runs; who the client is (address, scheme, host) is read from the
 * exchange, where whoever stands before has put what it trusts.
 */
@NullMarked
package appliance.fastcgi;

import org.jspecify.annotations.NullMarked;
