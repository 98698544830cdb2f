import type { Reply } from './fast-path/fast-path.ts';
import { errorBody, type HttpError } from './problem.ts';

/** Answers with the bytes that `errorHandler` writes. `first`: names and values of headers before its own. */
export function replyError(reply: Reply, error: HttpError, { path, first }: { path: string; first: string[] }): void {
  const { type, body } = errorBody(error, path);
  const text = JSON.stringify(body);
  const described = ['Content-Type', `${type}; charset=utf-8`, 'Content-Length', `${Buffer.byteLength(text)}`];
  reply(error.status, [...first, ...Object.entries(error.headers).flat(), ...described], text);
}
