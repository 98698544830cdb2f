import { readIris } from '@coppice/testkit/iris';
import { predict } from '@coppice/testkit/predict';
import type { Stack } from '../stack/stack.ts';
import { sendFeedback } from './traffic.ts';

/**
 * Sends `n` single requests, each assigned by the weights, with feedback that makes each version as accurate as `accuracy`
 * says, to the row. Returns how many each version answered.
 */
export async function sendJudged(
  stack: Pick<Stack, 'gatewayUrl'>,
  n: number,
  accuracy: Record<string, number>,
): Promise<Record<string, number>> {
  const { rows, classes } = readIris();
  const names = [...new Set(classes)];
  const answered: Record<string, number> = {};
  const feedback: object[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < n) {
      const features = rows[sent++ % rows.length] as number[];
      const { model_version: version, prediction_id, class: predicted } = await predict(stack.gatewayUrl, { features });
      const before = answered[version] ?? 0;
      answered[version] = before + 1;
      const share = accuracy[version] ?? 1;
      // right as often as it has to be by now: every tenth is wrong at 0.9
      const isRight = Math.floor((before + 1) * share) > Math.floor(before * share);
      feedback.push({ prediction_id, actual: isRight ? predicted : names.find((name) => name !== predicted) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  for (let i = 0; i < feedback.length; i += 500) await sendFeedback(stack, feedback.slice(i, i + 500));
  return answered;
}
