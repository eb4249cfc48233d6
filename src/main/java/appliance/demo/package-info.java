/**
 * The guestbook of {@code appliance demo}: a small JVM site with pictures, to try a cluster with. It
 * writes to the master database, reads the node's local replica, and keeps its pictures in the media
 * folder.
 *
 * <p>It stands for the operator's own application, and so knows no other package of this house.
 */
@NullMarked
package appliance.demo;

import org.jspecify.annotations.NullMarked;
