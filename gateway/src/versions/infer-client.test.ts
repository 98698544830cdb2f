import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InferClient, type InferListener } from './infer-client.ts';
import { InferError } from './infer-error.ts';
import type { InferAnswer, InferJob } from './infer-job.ts';
import { openInferenceWire } from './open-inference.ts';
import type { Signature } from './signature.ts';
import { Upstream, type UpstreamAnswer } from './upstream.ts';

const signature: Signature = {
  inputs: [{ name: 'rows', datatype: 'FP64', column: null }],
  ...{ features: 2, classes: 3, binary: false },
  ...{ label: 'predict', probability: 'predict_proba', ask: ['predict', 'predict_proba'] },
  ...{ classNames: null, labelsAreNames: false, decision: 'argmax' },
};
const fleet = { own: () => null, schema: () => null, classes: () => undefined };
const wire = openInferenceWire('/v2/models/iris/infer', signature, fleet);
const limits = { maxQueuedRows: 100, maxInFlight: 1, maxBatchRows: 50 };
let close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const end of close) await end();
  close = [];
});

type Options = Partial<typeof limits> & { poison?: { value: number; status: number }; timeoutMs?: number };

async function setUp({ poison, timeoutMs = 10_000, ...changed }: Options = {}) {
  const server = await startOipServer(poison ? { poison } : {});
  const upstream = new Upstream(server.url, timeoutMs);
  const listener = {
    failed: vi.fn<(error: InferError, jobs: number) => void>(),
    succeeded: vi.fn(),
    batchSent: vi.fn(),
  };
  const client = new InferClient(upstream, { ...limits, ...changed }, listener);
  client.use(wire);
  close.push(
    () => upstream.close(),
    () => server.stop(),
  );
  return { server, client, ...listener };
}

/** A client whose requests the test ends itself, in any order. */
function setUpByHand(listener: InferListener = {}) {
  const requests: Parameters<Upstream['post']>[3][] = [];
  const upstream = { post: (_path, _request, _maxBytes, done) => void requests.push(done) } satisfies Pick<
    Upstream,
    'post'
  >;
  const client = new InferClient(upstream as unknown as Upstream, { ...limits, maxInFlight: 2 }, listener);
  client.use(wire);
  return { client, requests };
}

/** So many rows of class 1. */
function answerOf(rows: number): UpstreamAnswer {
  const outputs = [
    { name: 'predict', datatype: 'INT64', data: new Array(rows).fill(1) },
    { name: 'predict_proba', datatype: 'FP64', data: new Array(rows).fill([0, 1, 0]) },
  ];
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ outputs })) };
}

/** The labels of the job's rows, or the reason why there are none. */
function ask(client: InferClient, ...firsts: number[]): Promise<number[] | string> {
  return new Promise((resolve) => {
    const job: InferJob = {
      columns: ['x', 'y'],
      features: firsts.flatMap((first) => [first, 0]),
      rows: firsts.length,
      succeed: ({ labels }: InferAnswer, first) => resolve(Array.from(labels).slice(first, first + firsts.length)),
      fail: (error) => resolve(error.reason),
    };
    client.submit(job);
  });
}

const untilHeld = (server: OipServer, n: number) => until(() => expect(server.held).toBe(n));

describe('the client of a version', () => {
  it('sends what came in one turn of the event loop as one request, and gives each its own rows', async () => {
    const { server, client, ...listener } = await setUp();
    const answers = await Promise.all([ask(client, 0), ask(client, 2, 1), ask(client, 1)]);
    expect(answers).toEqual([[0], [2, 1], [1]]);
    expect(server.batches).toEqual([4]);
    expect(listener.batchSent.mock.calls).toEqual([[4]]);
    expect(listener.succeeded).toHaveBeenCalledOnce();
    expect(listener.failed).not.toHaveBeenCalled();
  });

  it('gathers for as long as each turn of the event loop brings more', async () => {
    const { server, client } = await setUp();
    const answers: Promise<number[] | string>[] = [];
    for (let turn = 0; turn < 5; turn++) {
      answers.push(ask(client, turn % 3));
      await nextTurn();
    }
    expect(await Promise.all(answers)).toEqual([[0], [1], [2], [0], [1]]);
    expect(server.batches).toEqual([5]);
  });

  it('does not gather without end', async () => {
    const { server, client } = await setUp({ maxBatchRows: 100 });
    const answers: Promise<number[] | string>[] = [];
    for (let turn = 0; turn < 80; turn++) {
      answers.push(ask(client, 1));
      await nextTurn();
    }
    await Promise.all(answers);
    expect(server.batches).toEqual([64, 16]);
  });

  it('does not wait for more: one alone goes out alone', async () => {
    const { server, client } = await setUp();
    await ask(client, 1);
    await ask(client, 2);
    expect(server.batches).toEqual([1, 1]);
  });

  it('gathers for a moment while many are under way, unless enough wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    let underWay = 8;
    const listener = { jobsUnderWay: () => underWay, batchSent: vi.fn() };
    const { client, requests } = setUpByHand(listener);
    const first = ask(client, 1);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(requests).toHaveLength(0);
    const second = ask(client, 1);
    vi.advanceTimersByTime(1);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(requests).toHaveLength(1);
    expect(listener.batchSent).toHaveBeenCalledWith(2);
    expect(client.jobs).toBe(2);
    requests[0]?.(null, answerOf(2));
    expect(await Promise.all([first, second])).toEqual([[1], [1]]);
    expect(client.jobs).toBe(0);

    void ask(client, ...new Array(32).fill(1));
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(requests).toHaveLength(2);
    requests[1]?.(null, answerOf(32));
    underWay = 7;
    void ask(client, 1);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    expect(requests).toHaveLength(3);
  });

  it('sends all that queued up while a request was under way as the next one', async () => {
    const { server, client } = await setUp();
    server.behave('wait');
    const first = ask(client, 0);
    await untilHeld(server, 1);
    const others = Array.from({ length: 20 }, (_, i) => ask(client, i % 3));
    server.behave('answer');
    server.release();
    await first;
    expect(await Promise.all(others)).toEqual(Array.from({ length: 20 }, (_, i) => [i % 3]));
    expect(server.batches).toEqual([1, 20]);
  });

  it('keeps to its bounds of rows in a request and requests under way', async () => {
    const { server, client } = await setUp({ maxInFlight: 2, maxBatchRows: 10 });
    server.behave('wait');
    const answers = Array.from({ length: 25 }, () => ask(client, 1));
    await untilHeld(server, 2);
    expect(server.batches).toEqual([10, 10]);
    server.behave('answer');
    server.release();
    await Promise.all(answers);
    expect(server.batches).toEqual([10, 10, 5]);
  });

  it('sends a second request beside the first from 32 waiting rows on', async () => {
    const { server, client } = await setUp({ maxInFlight: 2 });
    server.behave('wait');
    const answers = [ask(client, 1)];
    await untilHeld(server, 1);
    answers.push(...Array.from({ length: 31 }, () => ask(client, 1)));
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(client.queuedRows).toBe(31);
    answers.push(ask(client, 1));
    await untilHeld(server, 2);
    expect(server.batches).toEqual([1, 32]);
    server.release();
    await Promise.all(answers);
  });

  it('sends a job larger than a batch whole', async () => {
    const { server, client } = await setUp({ maxBatchRows: 2 });
    expect(await ask(client, 0, 1, 2, 1, 0)).toEqual([0, 1, 2, 1, 0]);
    expect(server.batches).toEqual([5]);
  });

  it('refuses what is above the bound of its queue, and takes more when that has drained', async () => {
    const { server, client } = await setUp({ maxQueuedRows: 3 });
    server.behave('wait');
    const underWay = ask(client, 0);
    await untilHeld(server, 1);
    const waiting = [ask(client, 1), ask(client, 1), ask(client, 1)];
    expect(await ask(client, 2)).toBe('overload');
    server.behave('answer');
    server.release();
    expect(await Promise.all([underWay, ...waiting])).toEqual([[0], [1], [1], [1]]);
    expect(await ask(client, 2)).toEqual([2]);
    expect(client.queuedRows).toBe(0);
  });

  it.each([400, 500])('lets one row that is answered %i not fail its neighbours', async (status) => {
    const { client } = await setUp({ poison: { value: 2, status } });
    const reason = status === 400 ? 'refused' : 'upstream';
    const answers = [ask(client, 0), ask(client, 2), ask(client, 1), ask(client, 0)];
    expect(await Promise.all(answers)).toEqual([[0], reason, [1], [0]]);
    expect(client.queuedRows).toBe(0);
  });

  it.each([
    ['error', 'upstream', [2, 1, 1]],
    ['garbage', 'garbage', [2, 1, 1]],
    ['wrong-rows', 'garbage', [2, 1, 1]],
    ['hang', 'timeout', [2]],
    ['reset', 'connect', [2, 2]],
  ] as const)(
    'reports a server that does %s with the reason %s after requests of %j rows, and goes on afterwards',
    async (behaviour, reason, batches) => {
      const { server, client, failed } = await setUp({ timeoutMs: behaviour === 'hang' ? 200 : 10_000 });
      server.behave(behaviour);
      expect(await Promise.all([ask(client, 0), ask(client, 1)])).toEqual([reason, reason]);
      // what a server answers, the jobs judge
      const unanswered = reason === 'timeout' || reason === 'connect' ? [[expect.objectContaining({ reason }), 2]] : [];
      expect(failed.mock.calls).toEqual(unanswered);
      expect(server.batches).toEqual(batches);
      server.behave('answer');
      expect(await ask(client, 1)).toEqual([1]);
    },
  );

  it('lets nothing wait twice for a server that hangs: what queued up behind a late request is late with it', async () => {
    const { server, client, failed } = await setUp({ timeoutMs: 500 });
    server.behave('hang');
    const first = ask(client, 0);
    await until(() => expect(server.batches).toEqual([1]));
    expect(await Promise.all([first, ask(client, 1), ask(client, 2)])).toEqual(['timeout', 'timeout', 'timeout']);
    expect(server.batches).toEqual([1]);
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ reason: 'timeout' }), 3]]);
    server.behave('answer');
    expect(await ask(client, 1)).toEqual([1]);
  });

  it('keeps queued jobs waiting when one request is late and others are answered meanwhile', async () => {
    const { client, requests } = setUpByHand();
    const late = ask(client, 1);
    await until(() => expect(requests).toHaveLength(1));
    const meanwhile = ask(client, ...new Array(32).fill(1));
    await until(() => expect(requests).toHaveLength(2));
    requests[1]?.(null, answerOf(32));
    expect(await meanwhile).toHaveLength(32);
    const waiting = ask(client, 1);
    requests[0]?.(new InferError('timeout'));
    expect(await late).toBe('timeout');
    await until(() => expect(requests).toHaveLength(3));
    requests[2]?.(null, answerOf(1));
    expect(await waiting).toEqual([1]);
  });

  it('reports a server that is gone at once', async () => {
    const { server, client } = await setUp();
    await server.stop();
    expect(await ask(client, 1)).toBe('connect');
  });

  it('asks again when its kept-alive connection was closed by the server', async () => {
    const { server, client, failed } = await setUp();
    for (let i = 0; i < 20; i++) {
      expect(await ask(client, 1)).toEqual([1]);
      // the close and the next request cross each other on the way
      server.closeIdle();
    }
    expect(failed).not.toHaveBeenCalled();
  });

  it('fails what waits when the version becomes unavailable, not what is under way', async () => {
    const { server, client } = await setUp();
    server.behave('wait');
    const underWay = ask(client, 0);
    await untilHeld(server, 1);
    const waiting = ask(client, 1);
    client.failQueued(new InferError('unavailable'));
    expect(await waiting).toBe('unavailable');
    server.release();
    expect(await underWay).toEqual([0]);
  });
});
