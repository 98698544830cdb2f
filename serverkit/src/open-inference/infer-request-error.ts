/** An infer request is wrong: the message says what, where and what is allowed. Its status is 400, or 413 for too much. */
export class InferRequestError extends Error {
  readonly status: 400 | 413;

  constructor(detail: string, { status = 400, cause }: { status?: 400 | 413; cause?: unknown } = {}) {
    super(detail, { cause });
    this.status = status;
  }
}
