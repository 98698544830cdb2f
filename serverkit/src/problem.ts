import { STATUS_CODES } from 'node:http';
import type { Problem } from '@coppice/contract';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';

type FieldError = { pointer: string; detail: string };

/** An error that a client sees: `detail` is for the person who sent the request. */
export class HttpError extends Error {
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    detail: string,
    { errors, headers = {}, cause }: { errors?: FieldError[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** The `application/problem+json` body (RFC 9457) of an error. */
export function toProblem(error: HttpError): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    ...(error.errors ? { errors: error.errors } : {}),
  };
}

/** The body of an error: Open Inference Protocol paths have that protocol's own, all others problem+json. */
export function errorBody(error: HttpError, path: string): { type: string; body: unknown } {
  return /^\/v2(\/|$)/.test(path)
    ? { type: 'application/json', body: { error: error.message } }
    : { type: 'application/problem+json', body: toProblem(error) };
}

/**
 * The one handler that writes errors. An error that is not meant for clients becomes a 500 that reveals nothing, and is
 * logged.
 */
export function errorHandler(log: Pick<Logger, 'error'>): ErrorRequestHandler {
  return (thrown, req, res, next) => {
    if (res.headersSent) return next(thrown);
    const error = toHttpError(thrown);
    if (error.status === 500) log.error({ err: thrown, method: req.method, path: req.path }, 'request failed');
    const { type, body } = errorBody(error, req.path);
    res.status(error.status).set(error.headers).type(type).send(JSON.stringify(body));
  };
}

/** Keeps an `HttpError`, and the 4xx of errors that Express and its body parsers raise; all others become a 500. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  const { status, type, message } = (thrown ?? {}) as { status?: number; type?: string; message?: string };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, (type && parserDetails[type]) || message || 'Bad request.');
  return new HttpError(500, 'The server could not answer this request.', { cause: thrown });
}

const parserDetails: Record<string, string> = {
  'entity.too.large': 'The body is too large.',
  'encoding.unsupported': 'This content encoding is not supported.',
};
