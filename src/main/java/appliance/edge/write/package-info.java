/**
 * The right to write: what a request is for, with which epoch one node sends it to another, whether this
 * node may let it through, and whether its answer still counts when it comes. {@link
 * Held} keeps requests until there is a master, {@link AnswerGate} answers while the right to
 * acknowledge them has a gap.
 *
 * <p>Knows the cluster by {@code appliance.model} only. The packages that carry requests use it; the node
 * makes the {@link WriteFence}.
 */
@NullMarked
package appliance.edge.write;

import org.jspecify.annotations.NullMarked;
