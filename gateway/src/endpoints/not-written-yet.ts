import { HttpError } from '@coppice/serverkit';

/** 503: another gateway may write this prediction in a moment, and a 404 would say that it never will. */
export function notWrittenYet(id: string): HttpError {
  return new HttpError(503, `The record does not have prediction ${id} yet: it is a moment old. Try again.`, {
    headers: { 'Retry-After': '1' },
  });
}
