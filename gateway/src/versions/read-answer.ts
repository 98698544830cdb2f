import { InferError } from './infer-error.ts';
import type { InferAnswer } from './infer-job.ts';
import type { Wire } from './protocol.ts';
import { describeRefusal } from './refusal.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** The prediction in an answer of any status. Throws `InferError` with what the server said, or what is wrong. */
export function readAnswer(wire: Wire, answer: UpstreamAnswer, rows: number): InferAnswer {
  if (answer.status !== 200)
    throw new InferError(answer.status >= 500 ? 'upstream' : 'refused', describeRefusal(answer));
  try {
    return wire.decode(answer, rows);
  } catch (cause) {
    throw new InferError('garbage', (cause as Error).message, cause);
  }
}
