import {
  DatabaseInUseError,
  NewerSchemaError,
  StorageUnavailableError,
  UnmatchedFeedbackError,
} from '../port/errors.ts';
import type { Unmatched } from '../port/feedback.ts';

/** Messages between the main thread and a storage worker. `buffers` go back with every answer to a write. */
export type WireRequest = { id: number; store: string; method: string; args: unknown[] };
export type WireError = { name: string; message: string; unmatched?: readonly Unmatched[]; unavailable: boolean };
export type WireReply = { id: number; buffers: ArrayBuffer[] } & ({ result: unknown } | { error: WireError });

/** A bug in the gateway, such as a call that no store has, and not a failure of the database: a retry does not help. */
export class StoreFaultError extends Error {}

/** What JavaScript itself throws for a mistake in the code. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError, StoreFaultError];

/** Errors that are answers or mistakes keep their class; all others mean that the database is unavailable. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof UnmatchedFeedbackError) {
    const { message, unmatched } = thrown;
    return { name: 'UnmatchedFeedbackError', message, unmatched, unavailable: false };
  }
  const { message } = thrown as Error;
  if (mistakes.some((mistake) => thrown instanceof mistake)) {
    const { stack } = thrown as Error;
    return { name: 'StoreFaultError', message: stack ?? message, unavailable: false };
  }
  if (thrown instanceof NewerSchemaError) return { name: 'NewerSchemaError', message, unavailable: true };
  if (thrown instanceof DatabaseInUseError) return { name: 'DatabaseInUseError', message, unavailable: true };
  return { name: 'StorageUnavailableError', message, unavailable: true };
}

export function fromWireError({ name, message, unmatched = [] }: WireError): Error {
  if (name === 'UnmatchedFeedbackError') return new UnmatchedFeedbackError(unmatched);
  if (name === 'StoreFaultError') return new StoreFaultError(message);
  if (name === 'NewerSchemaError') return new NewerSchemaError(message);
  if (name === 'DatabaseInUseError') return new DatabaseInUseError(message);
  return new StorageUnavailableError(message);
}
