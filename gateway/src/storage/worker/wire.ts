import { UnknownPredictionError } from '../../record/record.ts';
import { NewerSchemaError, RecordUnavailableError } from '../port/record-store.ts';

/** What passes between the main thread and a record worker. `buffers` go back with every answer to a write. */
export type WireRequest = { id: number; method: string; args: unknown[] };
export type WireError = { name: string; message: string; ids?: readonly string[]; unavailable: boolean };
export type WireReply = { id: number; buffers: ArrayBuffer[] } & ({ result: unknown } | { error: WireError });

/** Errors that are answers keep their kind; everything else means that the database could not do its work. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof UnknownPredictionError)
    return { name: 'UnknownPredictionError', message: thrown.message, ids: thrown.ids, unavailable: false };
  const { message } = thrown as Error;
  if (thrown instanceof NewerSchemaError) return { name: 'NewerSchemaError', message, unavailable: true };
  return { name: 'RecordUnavailableError', message, unavailable: true };
}

export function fromWireError({ name, message, ids = [] }: WireError): Error {
  if (name === 'UnknownPredictionError') return new UnknownPredictionError(ids);
  if (name === 'NewerSchemaError') return new NewerSchemaError(message);
  return new RecordUnavailableError(message);
}
