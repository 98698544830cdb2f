import { STATUS_CODES } from 'node:http';
import type { Problem } from '@coppice/contract';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';

type FieldError = { pointer: string; detail: string };

/** An error that a client is told of: `detail` is written for the person who sent the request. */
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

/** Last route of an app: no other one matched. */
export const notFound: RequestHandler = (req) => {
  throw new HttpError(404, `There is no ${req.method} ${req.path} here.`);
};

/**
 * The one handler that writes an error. What is not meant for the client becomes a 500 that reveals nothing and is
 * logged. `format` writes another body for protocols that have their own (default: problem+json).
 */
export function errorHandler(
  log: Pick<Logger, 'error'>,
  format: (error: HttpError, path: string) => { type: string; body: unknown } = asProblem,
): ErrorRequestHandler {
  return (thrown, req, res, next) => {
    if (res.headersSent) return next(thrown);
    const error = toHttpError(thrown);
    if (error.status === 500) log.error({ err: thrown, method: req.method, path: req.path }, 'request failed');
    const { type, body } = format(error, req.path);
    res.status(error.status).set(error.headers).type(type).send(JSON.stringify(body));
  };
}

/** `HttpError` as it is; errors that Express and its body parsers raise for a client keep their 4xx; all else is a 500. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  const { status, type, message } = (thrown ?? {}) as { status?: number; type?: string; message?: string };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, (type && parserDetails[type]) || message || 'Bad request.');
  return new HttpError(500, 'The server could not answer this request.', { cause: thrown });
}

const asProblem = (error: HttpError) => ({ type: 'application/problem+json', body: toProblem(error) });

const parserDetails: Record<string, string> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'entity.too.large': 'The body is too large.',
  'encoding.unsupported': 'This content encoding is not supported.',
  'charset.unsupported': 'This character set is not supported: UTF-8 is.',
};
