import { HttpError } from '@coppice/serverkit';
import { RecordUnavailableError } from '../storage/port/record-store.ts';

/** Waits for an answer of the record; while its database is away that is a 503, and predictions are served nonetheless. */
export async function fromRecord<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RecordUnavailableError)) throw error;
    throw new HttpError(503, 'The record of predictions cannot be reached now. Predictions are still served.', {
      headers: { 'Retry-After': '1' },
      cause: error,
    });
  }
}
