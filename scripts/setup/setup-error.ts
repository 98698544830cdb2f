/** A failed step of the set-up: one line that says what failed and what to do. */
export class SetupError extends Error {}
