import { BrokenReleaseError, ChangeRefusedError, RegistryConflictError } from '@coppice/registry/errors';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { HttpError, jsonPointer } from '@coppice/serverkit';
import type { ErrorRequestHandler } from 'express';
import { ConflictError, InvalidChangeError } from '../control/control-errors.ts';
import { DriftUnknownError } from '../drift/drift.ts';
import { TooManyStreamsError } from '../events/event-hub.ts';
import { UnknownExperimentError } from '../experiments/experiment-errors.ts';
import type { VersionErrorReason } from '../metrics/metric-names.ts';
import { PredictionError } from '../predict/prediction-service.ts';
import { InvalidReplayError, ReplayConflictError, UnknownReplayError } from '../replay/replay-errors.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import { NoVersionError, UnfitRequestError, UnknownVersionError } from '../traffic/traffic-split.ts';
import { NoModelError } from '../versions/model-catalog.ts';

const statusOfReason: Record<VersionErrorReason, number> = {
  connect: 502,
  timeout: 504,
  upstream: 502,
  refused: 502,
  garbage: 502,
  overload: 503,
  unavailable: 503,
};

/** Turns errors of the core, which knows no HTTP, into those that a client gets. Other errors pass unchanged. */
export const translateErrors: ErrorRequestHandler = (error, _req, _res, next) => next(toClientError(error));

export function toClientError(error: unknown): unknown {
  if (error instanceof UnknownVersionError || error instanceof UnfitRequestError)
    return new HttpError(400, error.message, { cause: error });
  if (error instanceof NoVersionError || error instanceof NoModelError || error instanceof TooManyStreamsError)
    return unavailable(error.message, error);
  if (error instanceof DriftUnknownError) return new HttpError(503, error.message, { cause: error });
  if (error instanceof StorageUnavailableError)
    return unavailable('The record is temporarily unavailable; predictions are not affected.', error);
  if (error instanceof RegistryConflictError || error instanceof ChangeRefusedError)
    return new HttpError(409, sentence(error.message), { cause: error });
  if (error instanceof StoreUnavailableError || error instanceof BrokenReleaseError)
    return unavailable(`The registry is away: ${error.message}`, error);
  if (error instanceof UnknownExperimentError) return new HttpError(404, error.message, { cause: error });
  if (error instanceof ReplayConflictError) return new HttpError(409, error.message, { cause: error });
  if (error instanceof UnknownReplayError) return new HttpError(404, error.message, { cause: error });
  if (error instanceof InvalidChangeError || error instanceof InvalidReplayError) return invalidChange(error);
  if (error instanceof ConflictError) {
    const { message, errors } = error;
    return new HttpError(409, message, { ...(errors ? { errors } : {}), cause: error });
  }
  if (!(error instanceof PredictionError)) return error;
  const status = statusOfReason[error.reason];
  return status === 503 ? unavailable(error.message, error) : new HttpError(status, error.message, { cause: error });
}

function invalidChange(error: InvalidChangeError | InvalidReplayError): HttpError {
  const pointer = jsonPointer(error.path);
  const where = pointer === '' ? 'The body' : `${pointer} of the body`;
  return new HttpError(400, `${where} ${error.message}.`, {
    errors: [{ pointer, detail: error.message }],
    cause: error,
  });
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const unavailable = (detail: string, cause: unknown) =>
  new HttpError(503, detail, { headers: { 'Retry-After': '1' }, cause });
