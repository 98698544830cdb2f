import type { VersionErrorReason } from '../metrics/metric-names.ts';

/** A version could not answer. `reason` is what metrics and record show; the message never names a host. */
export class InferError extends Error {
  readonly reason: VersionErrorReason;

  constructor(reason: VersionErrorReason, detail?: string, cause?: unknown) {
    super(detail ?? defaultDetails[reason], { cause });
    this.reason = reason;
  }
}

const defaultDetails: Record<VersionErrorReason, string> = {
  connect: 'its server cannot be reached',
  timeout: 'its server did not answer in time',
  upstream: 'its server failed',
  refused: 'its server refused the request',
  garbage: 'its server answered something that is not a prediction',
  overload: 'too many requests are waiting for it',
  unavailable: 'it is not ready',
};
