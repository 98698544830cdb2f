/** A step of the set-up that did not work: one line that says what and what to do. */
export class SetupError extends Error {}
