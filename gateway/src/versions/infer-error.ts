import type { VersionErrorReason } from '../metrics/metric-names.ts';
import { oneLine } from './refusal.ts';

/**
 * A version failed. Metrics and record show `reason`. The message goes to clients and never names a host; `detail`, such
 * as what the version's own server said, goes to the log and to `GET /ready`.
 */
export class InferError extends Error {
  readonly reason: VersionErrorReason;
  readonly detail: string | undefined;

  constructor(reason: VersionErrorReason, detail?: string, cause?: unknown) {
    super(messages[reason], { cause });
    this.reason = reason;
    this.detail = detail && oneLine(detail);
  }

  /** In words for an operator. */
  get explained(): string {
    return this.detail ? `${this.message}: ${this.detail}` : this.message;
  }

  /** Its server answered, but not with a prediction: a request may be the cause as well as the version. */
  get answered(): boolean {
    return this.reason === 'upstream' || this.reason === 'refused' || this.reason === 'garbage';
  }
}

const messages: Record<VersionErrorReason, string> = {
  connect: 'its server cannot be reached',
  timeout: 'its server did not answer in time',
  upstream: 'its server failed',
  refused: 'its server refused the request',
  garbage: "its server's answer is not a prediction",
  overload: 'too many requests are waiting for it',
  unavailable: 'it is not ready',
};
