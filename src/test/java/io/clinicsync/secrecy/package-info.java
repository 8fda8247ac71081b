/** Looks through everything a whole test run says for what the sandbox planted. */
@NullMarked
package io.clinicsync.secrecy;

import org.jspecify.annotations.NullMarked;
