/** Something that the tests need is missing and could not be installed: one line that says what and what to do. */
export class InstallError extends Error {}
