import { readIris } from '@coppice/testkit/iris';
import { predictBatch } from '@coppice/testkit/predict';
import type { Stack } from '../stack/stack.ts';

/** Records predictions of the bundled rows until there are `n`, and correct feedback to all of them. */
export async function sendTraffic(stack: Pick<Stack, 'gatewayUrl'>, n: number): Promise<void> {
  const { rows, classes } = readIris();
  for (let sent = 0; sent < n; sent += rows.length) {
    const instances = rows.slice(0, Math.min(rows.length, n - sent));
    // one request is one assignment: two pins ensure that both versions have data
    for (const version of ['v1', 'v2']) {
      const half = instances.filter((_row, i) => (i % 2 === 0) === (version === 'v1'));
      const { predictions } = await predictBatch(stack.gatewayUrl, half, { 'x-model-version': version });
      await sendFeedback(
        stack,
        predictions.map(({ prediction_id }, i) => ({
          prediction_id,
          actual: classes[i * 2 + (version === 'v1' ? 0 : 1)],
        })),
      );
    }
  }
}

export async function sendFeedback(stack: Pick<Stack, 'gatewayUrl'>, feedback: object[]): Promise<void> {
  const answer = await fetch(`${stack.gatewayUrl}/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ feedback }),
  });
  if (!answer.ok) throw new Error(`POST /feedback: ${answer.status} ${await answer.text()}`);
}
