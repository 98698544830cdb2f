import type { Logger } from 'pino';
import type { Reply } from './fast-path/fast-path.ts';
import { errorBody, toHttpError } from './problem.ts';

type Place = {
  /** Of the request, for its log line; without the query. */
  method: string;
  path: string;
  /** Names and values of headers before the error's own. */
  first: string[];
  log: Pick<Logger, 'error'>;
};

/** Answers with the bytes, and the line in the log, that `errorHandler` writes. Returns the status. */
export function replyError(reply: Reply, thrown: unknown, { method, path, first, log }: Place): number {
  const error = toHttpError(thrown);
  if (error.status === 500) log.error({ err: thrown, method, path }, 'request failed');
  const { type, body } = errorBody(error, path);
  const text = JSON.stringify(body);
  const described = ['Content-Type', `${type}; charset=utf-8`, 'Content-Length', `${Buffer.byteLength(text)}`];
  reply(error.status, [...first, ...Object.entries(error.headers).flat(), ...described], text);
  return error.status;
}
