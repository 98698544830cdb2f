import { HttpError } from '@coppice/serverkit';
import type { VersionErrorReason } from '../metrics/metric-names.ts';
import { PredictionError } from '../predict/prediction-service.ts';
import { NoVersionError, UnknownVersionError } from '../traffic/traffic-split.ts';

export const statusOfReason: Record<VersionErrorReason, number> = {
  connect: 502,
  timeout: 504,
  upstream: 502,
  refused: 502,
  garbage: 502,
  overload: 503,
  unavailable: 503,
};

/** What a client is told when no version could answer; other errors come back as they are. */
export function toClientError(error: unknown): unknown {
  if (error instanceof UnknownVersionError) return new HttpError(400, error.message, { cause: error });
  if (error instanceof NoVersionError) return unavailable(error.message, error);
  if (!(error instanceof PredictionError)) return error;
  const status = statusOfReason[error.reason];
  return status === 503 ? unavailable(error.message, error) : new HttpError(status, error.message, { cause: error });
}

const unavailable = (detail: string, cause: unknown) =>
  new HttpError(503, detail, { headers: { 'Retry-After': '1' }, cause });
