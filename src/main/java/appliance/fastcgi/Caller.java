package appliance.fastcgi;

import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Who asked for an answer, and gives another one in its place if there is none.
 *
 * @param unsent is told why nothing of the request has reached php, its body being untouched
 * @param failed is told why php gave no answer to a request that it may have seen, and the status (502, 503
 *     or 504) that says so
 * @param gate says when php's answer may begin
 */
record Caller(Consumer<String> unsent, ObjIntConsumer<String> failed, Gate gate) {}
