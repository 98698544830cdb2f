import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonReport, type Prediction, readiness, splitReport } from '@coppice/contract';
import { type MixedFeature, mixedAnswer, writeMixedModel } from '@coppice/testkit/mixed-model';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

type Server = Awaited<ReturnType<typeof startModelServer>>;

/** The class of a row is its first feature, rounded, in the version's own order: v1's is by `a`, v2's by `c`. */
const models = {
  v1: { features: ['a', 'b', 'c'], classes: ['x', 'y', 'z'] },
  v2: { features: ['c', 'a', 'b', 'd'], classes: ['z', 'x', 'y'] },
};
let v1: Server;
let v2: Server;
let gateway: TestGateway;

beforeEach(async () => {
  v1 = await startModelServer({ version: 'v1', names: models.v1 });
  v2 = await startModelServer({ version: 'v2', names: models.v2 });
  gateway = await startGateway({ models: [v1.url, v2.url], env: { MODEL_V1_WEIGHT: '50', MODEL_V2_WEIGHT: '50' } });
});
afterEach(async () => {
  await gateway.stop();
  await Promise.all([v1.stop(), v2.stop()]);
});

const predict = (features: unknown, more = {}, headers: Record<string, string> = {}) =>
  gateway.post('/predict', { features, ...more }, headers);
const pinned = (version: string) => ({ 'X-Model-Version': version });
const ready = async () => readiness.parse((await gateway.get('/ready')).body);
const classOf = (version: string, { a, c }: { a: number; c: number }) =>
  version === 'v1' ? models.v1.classes[a] : models.v2.classes[c];

describe('a fleet whose versions differ in features and in the order of classes', () => {
  it('answers whole rows, arrays and objects, by both versions, each by its own columns', async () => {
    const rows = [
      { a: 0, b: 5, c: 2, d: 7 },
      { a: 1, b: 5, c: 0, d: 7 },
      { a: 2, b: 5, c: 1, d: 7 },
    ];
    const card = (await gateway.get('/model-info')).body;
    expect(card.features.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c', 'd']);
    const names = card.classes.map(({ name }: { name: string }) => name);
    for (const row of rows)
      for (const version of ['v1', 'v2'])
        for (const features of [row, [row.a, row.b, row.c, row.d]]) {
          const { body } = await predict(features, {}, pinned(version));
          expect(body).toMatchObject({ model_version: version, class: classOf(version, row) });
          expect(names[body.prediction]).toBe(body.class);
          expect(body.probability[body.prediction]).toBe(1);
        }
    const served = new Set<string>();
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const row = rows[i % 3] as (typeof rows)[0];
        const { body } = await predict(i % 2 ? row : { d: row.d, c: row.c, b: row.b, a: row.a });
        served.add(body.model_version);
        expect(body.class).toBe(classOf(body.model_version, row));
      }),
    );
    expect(served).toEqual(new Set(['v1', 'v2']));
  });

  it('answers clients that know only the first version’s features, by that version, and counts them', async () => {
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await predict(i % 2 ? [1, 5, 0] : { a: 1, b: 5, c: 0 }));
    for (let i = 0; i < 8; i++) answers.push(await predict([1, 5, 0], { user: `user-${i}` }));
    expect(answers.map(({ status }) => status)).toEqual(new Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => `${body.model_version} ${body.class}`))).toEqual(new Set(['v1 y']));
    expect(new Set(answers.map(({ body }) => body.route))).toEqual(new Set(['weighted', 'sticky']));
    await predict([1, 5, 0], { preview: true });
    const [first, second] = (await ready()).versions;
    expect(first).toMatchObject({ requires: ['a', 'b', 'c'], unfit_requests: 0 });
    expect(second).toMatchObject({ requires: ['c', 'a', 'b', 'd'], unfit_requests: 20 });
    expect(await gateway.metric('prediction_requests_unfit_total{version="v2"}')).toBe(20);
    expect((await gateway.get('/config')).body.versions[1].unfit_requests).toBe(20);
  });

  it('keeps requests that only one version could answer out of the comparison and of the split', async () => {
    for (let i = 0; i < 10; i++) await predict([1, 5, 0]);
    for (let i = 0; i < 30; i++) await predict([1, 5, 0, 7]);
    const split = splitReport.parse((await gateway.get('/split')).body);
    expect(split.assignments).toBe(30);
    await until(async () => {
      const [candidate] = comparisonReport.parse((await gateway.get('/comparison')).body).candidates;
      const { baseline, candidate: other } = candidate?.checks.sample_ratio?.assigned ?? { baseline: 0, candidate: 0 };
      expect(baseline + other).toBe(30);
    });
    expect(await gateway.metric('prediction_requests_total')).toBe(40);
  });

  it('refuses a pin to a version that requires more, naming it and what it requires', async () => {
    const { status, body } = await predict([1, 5, 0], {}, pinned('v2'));
    expect([status, body.detail]).toEqual([400, 'Version v2 requires d, which the request lacks.']);
    expect((await predict([1, 5, 0], {}, pinned('v1'))).status).toBe(200);
    expect(await gateway.metric('prediction_errors_total{version="none",reason="invalid"}')).toBe(1);
    expect(await gateway.metric('prediction_requests_unfit_total{version="v2"}')).toBe(1);
    await gateway.patch('/config', { weights: { v1: 0, v2: 1 }, reason: 'a test' });
    const refused = await predict([1, 5, 0]);
    expect([refused.status, refused.body.detail]).toEqual([400, 'Version v2 requires d, which the request lacks.']);
    const wrong = await predict({ b: 5, d: 1 });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/features/a']);
  });

  it('fails over to a version that can answer, and to no other', async () => {
    await v1.kill();
    await until(async () => expect((await ready()).status).toBe('degraded'));
    const whole = await Promise.all(Array.from({ length: 20 }, () => predict([1, 5, 0, 7])));
    expect(new Set(whole.map(({ body }) => `${body.model_version} ${body.class}`))).toEqual(new Set(['v2 z']));
    const old = await predict([1, 5, 0]);
    expect([old.status, old.body.detail]).toEqual([503, 'No version with weight that can do without d is ready.']);
  });
});

it('takes tensors of the fleet’s features, and describes them, while no version has them all alike', async () => {
  const path = '/v2/models/iris';
  const { body } = await gateway.get(path);
  const names = body.inputs.map(({ name }: { name: string }) => name);
  expect([names, body.versions]).toEqual([
    ['a', 'b', 'c', 'd'],
    ['v1', 'v2'],
  ]);
  expect((await gateway.get(path, pinned('v1'))).body.inputs).toMatchObject([{ name: 'features', shape: [-1, 3] }]);
  const tensor = (name: string, value: number) => ({ name, datatype: 'FP64', shape: [1, 1], data: [value] });
  const inputs = [tensor('c', 0), tensor('b', 5), tensor('a', 1)];
  const old = await gateway.post(`${path}/infer`, { inputs });
  expect([old.status, old.body.model_version]).toEqual([200, 'v1']);
  const whole = await gateway.post(`${path}/infer`, { inputs: [...inputs, tensor('d', 7)] }, pinned('v2'));
  const first = (answer: typeof old) => answer.body.outputs[0].data[0];
  const classes = (await gateway.get('/model-info')).body.classes.map(({ name }: { name: string }) => name);
  expect([classes[first(old)], classes[first(whole)]]).toEqual(['y', 'z']);
  expect((await gateway.post(`${path}/infer`, { inputs }, pinned('v2'))).status).toBe(400);
});

it('refuses a version of other classes or kinds, and says so in /ready', async () => {
  const other = await startModelServer({ version: 'v3', names: { features: ['a', 'b'], classes: ['x', 'y', 'w'] } });
  const third = await startGateway({ models: [v1.url, v2.url, other.url] });
  const states = readiness.parse((await third.get('/ready')).body).versions;
  await third.stop();
  await other.stop();
  const refused = states.filter(({ ready: isReady }) => !isReady);
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused)
    expect(reason).toMatch(/^its classes \(.*\) differ from the other versions' \(.*\)/);
});

it('answers mixed rows with gaps by every version that can do without, from one batch', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-mixed-'));
  const own: MixedFeature[][] = [
    ['length', 'colour', 'ripe'],
    ['colour', 'picked', 'length', 'ripe'],
  ];
  const mixed = await Promise.all(
    own.map((features, i) => {
      const [version, modelDir] = [`v${i + 1}`, join(folder, `v${i + 1}`)];
      writeMixedModel(modelDir, { name: 'iris', version, features });
      return startModelServer({ version, modelName: 'iris', modelDir });
    }),
  );
  const fleet = await startGateway({ models: mixed.map(({ url }) => url) });
  onTestFinished(async () => {
    await fleet.stop();
    await Promise.all(mixed.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });
  const rows = [
    { length: 12, colour: 'red', ripe: true, picked: '2024-05-03' },
    { length: 12, colour: null, ripe: false, picked: null },
    { length: 4, colour: 'größer', ripe: 'yes', picked: '2024-05-03T12:00:00Z' },
  ];
  for (const version of ['v1', 'v2']) {
    const answers = await Promise.all([
      ...rows.map((features) => fleet.post('/predict', { features }, pinned(version))),
      fleet.post('/predict', { instances: [[12, 'red', true], { 'length (cm)': 4, ripe: 0 }] }, pinned(version)),
    ]);
    expect(
      answers.flatMap(({ body }) => (body.predictions ?? [body]).map((one: Prediction) => one.prediction)),
    ).toEqual([
      ...rows.map((row) => mixedAnswer(row)),
      mixedAnswer({ length: 12, colour: 'red' }),
      mixedAnswer({ length: 4 }),
    ]);
  }
  for (let i = 0; i < 20; i++) await fleet.post('/predict', { features: [12, 'red', true] });
  const { versions, assignments } = splitReport.parse((await fleet.get('/split')).body);
  expect([assignments, versions.every(({ assigned }) => assigned > 0)]).toEqual([20, true]);
  const { status, body } = await fleet.post('/predict', { features: { length: 1, colour: 'red' } });
  expect([status, body.errors]).toEqual([400, [{ pointer: '/features/ripe', detail: 'must be true or false (ripe)' }]]);
});
