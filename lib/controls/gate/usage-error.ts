/**
 * A mistake in how the kit was called, by a context value or an output folder: told in words, without a stack trace. The
 * command line tells it in terms of its own options.
 */
export class UsageError extends Error {}
