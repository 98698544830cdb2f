import { until } from '@coppice/testkit/waiting/until';
import { expect, it } from 'vitest';
import { InferClient, type InferListener } from './infer-client.ts';
import { openInferenceWire } from './open-inference.ts';
import type { Signature } from './signature.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

const signature: Signature = {
  inputs: [{ name: 'rows', datatype: 'FP64', column: null }],
  ...{ features: 2, classes: 3, binary: false },
  ...{ label: 'predict', probability: 'predict_proba', ask: ['predict', 'predict_proba'] },
  ...{ classNames: null, labelsAreNames: false, decision: 'argmax' },
};
const fleet = { own: () => null, schema: () => null, classes: () => undefined };

/** A client whose requests the test answers itself. */
function setUp(listener: InferListener = {}) {
  const requests: Parameters<Upstream['post']>[3][] = [];
  const upstream = { post: (_path, _request, _maxBytes, done) => void requests.push(done) } satisfies Pick<
    Upstream,
    'post'
  >;
  const limits = { maxQueuedRows: 100, maxInFlight: 1, maxBatchRows: 50 };
  const client = new InferClient(upstream as unknown as Upstream, limits, listener);
  client.use(openInferenceWire('/v2/models/iris/infer', signature, fleet));
  return { client, requests };
}

/** So many rows of class 1. */
function answerOf(rows: number, headers: UpstreamAnswer['headers'] = {}): UpstreamAnswer {
  const outputs = [
    { name: 'predict', datatype: 'INT64', data: new Array(rows).fill(1) },
    { name: 'predict_proba', datatype: 'FP64', data: new Array(rows).fill([0, 1, 0]) },
  ];
  return { status: 200, headers, body: Buffer.from(JSON.stringify({ outputs })) };
}

/** The class of one row, or why it has none; the version may answer it or not. */
function ask(client: InferClient, stays?: boolean): Promise<number | string> {
  return new Promise((resolve) => {
    client.submit({
      ...{ columns: ['x', 'y'], features: [1, 0], rows: 1 },
      ...(stays === undefined ? {} : { stays: () => stays }),
      succeed: ({ labels }, first) => resolve(labels[first] as number),
      fail: (error) => resolve(error.reason),
    });
  });
}

it('fails what waits and may no longer be answered, and sends the rest', async () => {
  const { client, requests } = setUp();
  const sent = ask(client, false);
  await until(() => expect(requests.length).toBe(1));
  const waiting = [ask(client, false), ask(client, true), ask(client)];
  client.failUnwanted();
  expect(await waiting[0]).toBe('unavailable');
  requests[0]?.(null, answerOf(1));
  // it went out before
  expect(await sent).toBe(1);
  await until(() => expect(requests.length).toBe(2));
  requests[1]?.(null, answerOf(2));
  expect(await Promise.all(waiting.slice(1))).toEqual([1, 1]);
  expect(client.idle).toBe(true);
});

it('sends rows again to another release only if that may answer them', async () => {
  const { client, requests } = setUp({ replaced: async () => {} });
  const other = { 'x-model-release': '8' };
  const answers = [ask(client, false), ask(client, true)];
  await until(() => expect(requests.length).toBe(1));
  requests[0]?.(null, answerOf(2, other));
  await until(() => expect(requests.length).toBe(2));
  requests[1]?.(null, answerOf(1));
  expect(await Promise.all(answers)).toEqual(['unavailable', 1]);

  const alone = ask(client, false);
  await until(() => expect(requests.length).toBe(3));
  requests[2]?.(null, answerOf(1, other));
  expect(await alone).toBe('unavailable');
  expect(client.idle).toBe(true);
});

it('asks of an answer by another release whether that release may answer, also where it is known', async () => {
  const own = openInferenceWire('/v2/models/iris/infer', signature, fleet);
  const { client, requests } = setUp({ wireOf: () => own });
  const asked: (string | undefined)[] = [];
  const answered = new Promise((resolve) => {
    client.submit({
      ...{ columns: ['x', 'y'], features: [1, 0], rows: 1 },
      stays(release) {
        asked.push(release);
        return false;
      },
      succeed: () => resolve('answered'),
      fail: (error) => resolve(error.reason),
    });
  });
  await until(() => expect(requests.length).toBe(1));
  requests[0]?.(null, answerOf(1, { 'x-model-release': '8' }));
  expect([await answered, asked]).toEqual(['unavailable', ['8']]);
});
