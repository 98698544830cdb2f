import { serve } from '@coppice/serverkit';
import { startModelServer } from '@coppice/testkit/model-server';
import { startOipServer } from '@coppice/testkit/oip-server';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it } from 'vitest';
import { readOptions } from '../options.ts';
import { run } from '../run.ts';
import { spoil } from '../spoil.ts';
import { summarize } from '../summary.ts';
import { Spoiler } from './spoiler.ts';
import { hasUnluckyRow } from './unlucky-row.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startSpoiler(targets: Record<string, string>, now?: () => number) {
  const logged: string[] = [];
  const log = { info: (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`) };
  const spoiler = new Spoiler({ targets, log, random: seededRandom(1), ...(now ? { now } : {}) });
  const { port, drain } = await serve(spoiler.handle, { port: 0, host: '127.0.0.1' });
  stops.push(async () => {
    await drain(0);
    await spoiler.close();
  });
  return { url: `http://127.0.0.1:${port}`, logged };
}

/** A real gateway whose v1 has a real model server (binary tensors) behind a spoiler, and no other version. */
async function spoiledStack(now?: () => number) {
  const model = await startModelServer({ version: 'v1', names: { features: ['x0', 'x1'], classes: ['a', 'b', 'c'] } });
  stops.push(() => model.stop());
  const spoiler = await startSpoiler({ v1: model.url }, now);
  const gateway = await startGateway({ models: [`${spoiler.url}/versions/v1`] });
  stops.push(() => gateway.stop());
  const predict = async (rows: number, x0 = 1) => {
    const answer = await fetch(`${gateway.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: Array.from({ length: rows }, (_, i) => [x0, i / 1000]) }),
    });
    const body = (await answer.json()) as { predictions?: { class: string; probability: number[] }[] };
    return { status: answer.status, classes: (body.predictions ?? []).map((one) => one.class) };
  };
  return { ...spoiler, gateway: gateway.url, predict };
}

const isUnlucky = (data: number[], share: number) =>
  hasUnluckyRow(
    Buffer.from(JSON.stringify({ inputs: [{ shape: [1, 2], datatype: 'FP64', data }] })),
    undefined,
    share,
    0,
  );

const bad = (change: object) => ({ v1: { errors: 0, flips: 0, latency: 1, ...change } });

describe('the spoiler between a real gateway and a real model server', () => {
  it('passes everything on unchanged while nothing is spoiled', async () => {
    const { predict, gateway } = await spoiledStack();
    expect(await predict(3)).toEqual({ status: 200, classes: ['b', 'b', 'b'] });
    const metadata = await (await fetch(`${gateway}/v2/models/iris`)).json();
    expect(metadata).toMatchObject({ name: 'iris', inputs: [{ shape: [-1, 2] }] });
  });

  it('gives a share of rows another class in binary answers, and restores them at the end', async () => {
    const { url, predict } = await spoiledStack();
    const spoiling = await spoil(url, bad({ flips: 0.2 }));
    const { status, classes } = await predict(1000);
    expect(status).toBe(200);
    const wrong = classes.filter((name) => name !== 'b').length;
    expect(wrong).toBeGreaterThan(150);
    expect(wrong).toBeLessThan(250);
    expect(await spoiling.end()).toEqual({ v1: { requests: 1, errors: 0, rows: 1000, flipped: wrong } });
    await until(async () => expect((await predict(100)).classes.filter((name) => name !== 'b')).toEqual([]));
  });

  it('fails a share of rows, also of those that the gateway sends again alone', async () => {
    // a moment that does not pass: who fails is known, and spread so that no ten requests eject the only version
    const { url, predict } = await spoiledStack(() => 0);
    const spoiling = await spoil(url, bad({ errors: 0.1 }));
    const all = Array.from({ length: 4000 }, (_, i) => i / 4000);
    const unlucky = all.filter((x0) => isUnlucky([x0, 0], 0.1));
    expect(unlucky.length).toBeGreaterThan(300);
    expect(unlucky.length).toBeLessThan(500);
    const lucky = all.filter((x0) => !unlucky.includes(x0));
    const sent = Array.from({ length: 400 }, (_, i) => (i % 10 === 5 ? unlucky[(i - 5) / 10] : lucky[i]) as number);
    const answers = await Promise.all(sent.map(async (x0) => ({ x0, ...(await predict(1, x0)) })));
    const failed = answers.filter(({ status }) => status !== 200).map(({ x0 }) => x0);
    expect(failed).toEqual(sent.filter((x0) => unlucky.includes(x0)));
    expect(failed).toHaveLength(40);
    await spoiling.end();
  });

  it('takes its time', async () => {
    const slow = await startOipServer();
    stops.push(() => slow.stop());
    const { url } = await startSpoiler({ v1: slow.url });
    const infer = () =>
      fetch(`${url}/versions/v1/v2/models/iris/infer`, {
        method: 'POST',
        body: JSON.stringify({ inputs: [{ name: 'rows', shape: [2, 2], datatype: 'FP64', data: [1, 0, 2, 0] }] }),
      });
    const spoiling = await spoil(url, bad({ latency: 3 }));
    slow.behave('wait');
    const [begun, answer] = [performance.now(), infer()];
    await until(() => expect(slow.held).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    slow.release();
    expect((await answer).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(140);
    await spoiling.end();
  });

  it.each([
    ['of indices', {}, 'predict', [1, 2]],
    ['of texts alone', { labelsOnly: true, texts: ['a', 'b', 'c'] }, 'predict', ['b', 'c']],
  ])('changes JSON answers %s', async (_name, options, output, before) => {
    const server = await startOipServer(options);
    stops.push(() => server.stop());
    const { url } = await startSpoiler({ v1: server.url });
    const infer = async () => {
      const answer = await fetch(`${url}/versions/v1/v2/models/iris/infer`, {
        method: 'POST',
        body: JSON.stringify({ inputs: [{ name: 'rows', shape: [2, 2], datatype: 'FP64', data: [1, 0, 2, 0] }] }),
      });
      const { outputs } = (await answer.json()) as { outputs: { name: string; data: unknown[] }[] };
      return outputs.find(({ name }) => name === output)?.data;
    };
    expect(await infer()).toEqual(before);
    const spoiling = await spoil(url, bad({ flips: 1 }));
    await infer();
    const after = (await infer()) as unknown[];
    expect(after.map((one, i) => one !== before[i])).toEqual([true, true]);
    await spoiling.end();
  });

  it('refuses a version that it does not stand in front of, and a second command', async () => {
    const { url } = await startSpoiler({ v1: 'http://127.0.0.1:1' });
    await expect(spoil(url, { v9: bad({}).v1 })).rejects.toThrow('it stands in front of v1, not v9');
    const spoiling = await spoil(url, bad({ errors: 1 }));
    await expect(spoil(url, bad({ errors: 1 }))).rejects.toThrow('another command spoils v1 already');
    await spoiling.end();
    await expect(spoil('http://127.0.0.1:1', bad({}))).rejects.toThrow('npm start -- --spoiler');
  });
});

describe('npm run simulate --bad', () => {
  it('makes a version bad while it sends, says so, and leaves it restored', async () => {
    const { url, gateway, logged, predict } = await spoiledStack();
    const args = `--rate 200 --duration 1s --feedback 1 --bad v1:errors=0.1,accuracy=-0.2 --spoiler ${url} --gateway ${gateway}`;
    const options = readOptions(args.split(' '), {});
    if (!options) throw new Error('no options');
    const outcome = await run(options, { signal: new AbortController().signal, out: { write: () => true } });
    expect(outcome.tally.failed).toBeGreaterThan(0);
    expect(outcome.spoiled?.v1?.flipped).toBeGreaterThan(5);
    expect(summarize(outcome)).toMatch(
      /bad +v1: \d+ of \d+ requests got a 500, \d+ of \d+ rows another class; restored/,
    );
    await until(() => expect(logged.join('\n')).toContain('unchanged again'));
    expect(await predict(2)).toEqual({ status: 200, classes: ['b', 'b'] });
  });
});
