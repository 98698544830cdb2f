/** A change that cannot be made as it was sent: which field of it, and what is allowed. */
export class InvalidChangeError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/** Another change came first. */
export class ConflictError extends Error {
  readonly errors: { pointer: string; detail: string }[] | undefined;

  constructor(message: string, errors?: { pointer: string; detail: string }[]) {
    super(message);
    this.errors = errors;
  }
}
