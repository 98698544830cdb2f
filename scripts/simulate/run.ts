import { comparisonReport, configView, driftReport, modelCard, type Prediction } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { FeedbackSender } from './feedback-sender.ts';
import { type Answer, GatewayClient } from './gateway-client.ts';
import type { Options } from './options.ts';
import { type Clock, pace, realClock } from './pace.ts';
import { showProgress } from './progress.ts';
import { type Spoiling, spoil } from './spoil.ts';
import type { Outcome } from './summary.ts';
import { Tally } from './tally.ts';
import { createTraffic, type Draw } from './traffic.ts';

/** Requests under way above which sending pauses: more would not help a gateway this far behind. */
const MOST_UNDER_WAY = 5000;

type Deps = {
  signal: AbortSignal;
  /** Stream for the progress. */
  out: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
  clock?: Clock;
};

/** Sends the requested traffic and returns its outcome. Throws if the gateway cannot be reached at the start. */
export async function run(options: Options, { signal, out, clock = realClock }: Deps): Promise<Outcome> {
  const client = new GatewayClient(options);
  let spoiling: Spoiling | null = null;
  try {
    const [card, before] = await Promise.all([client.get('/model-info', modelCard), client.get('/config', configView)]);
    const draw = createTraffic(card, options);
    if (Object.keys(options.bad).length > 0) spoiling = await spoil(options.spoiler, options.bad);
    const tally = new Tally();
    const feedback = new FeedbackSender(client, tally);
    const underWay = new Set<Promise<void>>();
    const total = Math.max(1, Math.round((options.rate * options.durationMs) / 1000));
    let count = 0;
    const progress = showProgress(total, out, () => ({
      sent: count,
      answered: tally.answered,
      failed: tally.failed,
      split:
        [...tally.versions]
          .map(([name, { answers }]) => `${printable(name)} ${answers}`)
          .sort()
          .join(', ') || 'no answer yet',
    }));

    const send = () => {
      count++;
      const request = draw();
      const startedAt = clock.now();
      const done = client.post('/predict', request.body).then((answer) => {
        settle(answer, request, clock.now() - startedAt, tally, feedback);
        underWay.delete(done);
      });
      underWay.add(done);
    };
    try {
      const mayQueue = () => underWay.size < MOST_UNDER_WAY;
      const { sent, elapsedMs } = await pace({ rate: options.rate, total }, { send, mayQueue, signal, clock });
      await Promise.all(underWay);
      progress.stop();
      const spoiled = spoiling && (await spoiling.end());
      await feedback.finish();
      const [after, drift, comparison] = await Promise.all([
        client.get('/config', configView).catch(() => null),
        client.get('/drift', driftReport).catch(() => null),
        client.get('/comparison', comparisonReport).catch(() => null),
      ]);
      return { options, tally, sent, elapsedMs, before, after, drift, comparison, spoiled };
    } finally {
      progress.stop();
    }
  } finally {
    await spoiling?.end();
    await client.close();
  }
}

function settle(
  { status, body, kind }: Answer,
  request: Draw,
  ms: number,
  tally: Tally,
  feedback: FeedbackSender,
): void {
  if (request.actual === null) {
    if (status >= 400 && status < 500) tally.refused++;
    else tally.failure(status === 200 ? '200 for a deliberately invalid request' : kind);
    return;
  }
  if (status !== 200) {
    tally.failure(kind);
    return;
  }
  const prediction = body as Prediction;
  tally.answer(prediction, request.user, ms);
  if (!request.feedback || prediction.prediction_id === undefined) return;
  tally.feedbackSent(prediction.model_version, prediction.class === request.actual);
  feedback.add({ prediction_id: prediction.prediction_id, actual: request.actual });
}
