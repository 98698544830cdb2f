import { NewerSchemaError, StorageUnavailableError, UnknownPredictionError } from '../port/errors.ts';

/** What passes between the main thread and a storage worker. `buffers` go back with every answer to a write. */
export type WireRequest = { id: number; store: string; method: string; args: unknown[] };
export type WireError = { name: string; message: string; ids?: readonly string[]; unavailable: boolean };
export type WireReply = { id: number; buffers: ArrayBuffer[] } & ({ result: unknown } | { error: WireError });

/** A store was asked for a method that it does not have: a fault of the gateway, not of the database. */
export class NoSuchCallError extends Error {}

/** Errors that are answers keep their kind; everything else means that the database could not do its work. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof UnknownPredictionError)
    return { name: 'UnknownPredictionError', message: thrown.message, ids: thrown.ids, unavailable: false };
  const { message } = thrown as Error;
  if (thrown instanceof NoSuchCallError) return { name: 'NoSuchCallError', message, unavailable: false };
  if (thrown instanceof NewerSchemaError) return { name: 'NewerSchemaError', message, unavailable: true };
  return { name: 'StorageUnavailableError', message, unavailable: true };
}

export function fromWireError({ name, message, ids = [] }: WireError): Error {
  if (name === 'UnknownPredictionError') return new UnknownPredictionError(ids);
  if (name === 'NoSuchCallError') return new NoSuchCallError(message);
  if (name === 'NewerSchemaError') return new NewerSchemaError(message);
  return new StorageUnavailableError(message);
}
