import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  comparisonReport,
  type FeatureValue,
  historyPage,
  type ModelCard,
  type Prediction,
  parseModelCard,
  readiness,
  splitReport,
} from '@coppice/contract';
import { startModelServer } from '@coppice/testkit/model-server';
import { root, run } from '@coppice/testkit/programs/run-command';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askTriton } from './ask-triton.ts';
import { expectClose } from './expect-close.ts';
import { type Reader, startReader } from './recipes.ts';

/** Writes the pipeline's own table as a CSV, and prints its rows and what scikit-learn says to each. */
const share = `
data.assign(Survived=target).to_csv('people.csv', index=False)
print(json.dumps([
    {'row': dict(zip(data.columns, map(value, row))), 'shares': shares}
    for row, shares in zip(data.itertuples(index=False), pipeline.predict_proba(data).tolist())
]))
`;

type Row = Record<string, FeatureValue>;
type Asked = { row: Row; shares: number[] };
type Server = Awaited<ReturnType<typeof startModelServer>>;

/** What the pipeline has and the forest lacks. */
const FURTHER = 'Alone';
const versions = ['v1', 'v2'] as const;
type Version = (typeof versions)[number];

let reader: Reader;
let cards: Record<Version, ModelCard>;
let asked: Asked[];
/** v1 is a forest of our trainer, v2 the pipeline. */
let servers: Record<Version, Server>;
let gateway: TestGateway;

beforeAll(async () => {
  reader = await startReader();
  symlinkSync(join(root, 'testkit'), join(reader.folder, 'testkit'));
  const all: Asked[] = JSON.parse(await reader.pythonWith(share, 'onnx-columns', 'onnx-columns-card'));
  const table = ['--data', join(reader.folder, 'people.csv'), '--target', 'Survived', '--drop', FURTHER];
  const options = [...table, '--name', 'titanic', '--forest', 'v1=50x5', '--out', join(reader.folder, 'forest')];
  await run(process.execPath, [join(root, 'trainer/src/main.ts'), ...options], {}, reader.folder);
  const folders = { v1: join(reader.folder, 'forest/v1'), v2: join(reader.folder, 'artifacts/v2') };
  cards = { v1: readCard(folders.v1), v2: readCard(folders.v2) };
  asked = all.filter(({ row }) => versions.every((version) => canAnswer(version, row)));
  const start = (version: Version) => startModelServer({ version, modelName: 'titanic', modelDir: folders[version] });
  servers = { v1: await start('v1'), v2: await start('v2') };
});
afterAll(async () => {
  await servers?.v1.stop();
  await servers?.v2.stop();
  await reader?.stop();
});
beforeEach(async () => {
  const env = { MODEL_NAME: 'titanic', MODEL_V1_WEIGHT: '50', MODEL_V2_WEIGHT: '50' };
  gateway = await startGateway({ models: versions.map((version) => servers[version].url), env });
});
afterEach(() => gateway?.stop());

const readCard = (folder: string) =>
  parseModelCard(JSON.parse(readFileSync(join(folder, 'model-card.json'), 'utf8'))).data as ModelCard;
const namesOf = (version: Version) => cards[version].features.map(({ name }) => name);
const without = (name: string, { [name]: _, ...row }: Row): Row => row;
const canAnswer = (version: Version, row: Row) =>
  cards[version].features.every(({ name, nullable }) => nullable || (row[name] ?? null) !== null);
const predict = (body: unknown, headers = {}) => gateway.post('/predict', body, headers);
const pin = (version: Version) => ({ 'x-model-version': version });
const ready = async () => readiness.parse((await gateway.get('/ready')).body);

/** What the version's own server answers: the class by name, and probabilities by the name of the class. */
async function ownAnswer(version: Version, row: Row) {
  const own = Object.fromEntries(namesOf(version).map((name) => [name, row[name] ?? null]));
  const answer = await fetch(`${servers[version].url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features: own }),
  });
  return byClass(cards[version], (await answer.json()) as Prediction);
}
const byClass = ({ classes }: Pick<ModelCard, 'classes'>, { class: name, probability }: Prediction) => ({
  class: name,
  shares: Object.fromEntries(classes.map((each, i) => [each.name, probability?.[i]])),
});

describe('a scikit-learn pipeline beside a forest of our own that has a feature less', () => {
  it('is a fleet: the forest’s features, then the one that only the pipeline has', async () => {
    const { status, versions: states } = await ready();
    expect(status).toBe('ready');
    expect(states.map(({ version, reason }) => [version, reason])).toEqual([
      ['v1', null],
      ['v2', null],
    ]);
    const { body } = await gateway.get('/model-info');
    const union = body.features.map(({ name }: { name: string }) => name);
    expect(union).toEqual([...namesOf('v1'), FURTHER]);
    expect(namesOf('v2')).not.toEqual(union);
    expect(asked.length).toBeGreaterThan(20);
  });

  it.each(versions)('answers whole rows as objects and as arrays as its artifact does: %s', async (version) => {
    const { body: card } = await gateway.get('/model-info');
    const answered = new Set<string>();
    for (const { row, shares } of asked) {
      const array = card.features.map(({ name }: { name: string }) => row[name]);
      const [object, list] = [
        await predict({ features: row }, pin(version)),
        await predict({ features: array }, pin(version)),
      ];
      expect([object.status, object.body.model_version]).toEqual([200, version]);
      expect(byClass(card, object.body)).toEqual(await ownAnswer(version, row));
      expect(byClass(card, list.body)).toEqual(byClass(card, object.body));
      answered.add(object.body.class);
      if (version === 'v1') continue;
      const learned = cards.v2.classes.map(({ name }) => byClass(card, object.body).shares[name] as number);
      expectClose([learned], [shares]);
    }
    expect([...answered].sort()).toEqual(['died', 'survived']);
  });

  it('shares whole rows over both, and answers old clients’ rows by the forest alone', async () => {
    const whole = await Promise.all(asked.map(({ row }) => predict({ features: row })));
    expect(new Set(whole.map(({ body }) => body.model_version))).toEqual(new Set(versions));
    const old = asked.flatMap(({ row }) => [without(FURTHER, row), namesOf('v1').map((name) => row[name])]);
    const answers = await Promise.all(old.map((features) => predict({ features })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.model_version}`))).toEqual(new Set(['200 v1']));
    const { body: card } = await gateway.get('/model-info');
    for (const [i, { row }] of asked.entries()) {
      const own = await ownAnswer('v1', row);
      expect(byClass(card, answers[2 * i]?.body)).toEqual(own);
      expect(byClass(card, answers[2 * i + 1]?.body)).toEqual(own);
    }
    const batch = await predict({ instances: old });
    expect([batch.status, batch.body.model_version]).toEqual([200, 'v1']);

    const [v1, v2] = (await ready()).versions;
    expect([v1?.unfit_requests, v2?.unfit_requests]).toEqual([0, old.length + 1]);
    const pinned = await predict({ features: old[0] }, pin('v2'));
    expect([pinned.status, pinned.body.detail]).toEqual([
      400,
      `Version v2 requires ${FURTHER}, which the request lacks.`,
    ]);
  });

  it('answers a gap that only the pipeline imputes by the pipeline', async () => {
    const { row } = asked[0] as Asked;
    const gap = namesOf('v1').find(
      (name) => canAnswer('v2', without(name, row)) && !canAnswer('v1', without(name, row)),
    );
    for (let i = 0; i < 10; i++) {
      const { status, body } = await predict({ features: { ...row, [gap as string]: null } });
      expect([status, body.model_version]).toEqual([200, 'v2']);
    }
    const [v1, v2] = (await ready()).versions;
    expect([v1?.unfit_requests, v2?.unfit_requests]).toEqual([10, 0]);
  });

  it('compares on rows that both could answer, and records every value as sent', async () => {
    const sent = new Map<string, Row>();
    for (const { row } of asked)
      for (const features of [row, without(FURTHER, row)])
        sent.set((await predict({ features })).body.prediction_id, {
          ...features,
          [FURTHER]: features[FURTHER] ?? null,
        });
    expect(splitReport.parse((await gateway.get('/split')).body).assignments).toBe(asked.length);
    await until(async () => {
      const [candidate] = comparisonReport.parse((await gateway.get('/comparison')).body).candidates;
      const { assigned } = candidate?.checks.sample_ratio ?? {};
      expect((assigned?.baseline ?? 0) + (assigned?.candidate ?? 0)).toBe(asked.length);
    });
    await until(async () => {
      const { predictions } = historyPage.parse((await gateway.get('/predictions?limit=1000')).body);
      const rows = predictions.map(({ prediction_id, feature_names, features }) => [
        prediction_id,
        Object.fromEntries((feature_names ?? []).map((name, i) => [name, features[i]])),
      ]);
      expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(sent));
    });
  });
});

describe('tritonclient with columns of BYTES at the gateway', () => {
  it.each<[Version, 'model' | 'version']>([
    ['v1', 'model'],
    ['v2', 'model'],
    ['v1', 'version'],
    ['v2', 'version'],
  ])('gets the answers of /predict from %s, by the metadata of the %s', async (version, described) => {
    const rows = asked.map(({ row }) => row);
    const { body } = await predict({ instances: rows }, pin(version));
    const predictions: Prediction[] = body.predictions;
    const printed = await reader.pythonWith(askTriton({ url: gateway.url, rows, version, described }));
    const [labels, shares] = JSON.parse(printed) as [number[], number[][]];
    expect(labels).toEqual(predictions.map(({ prediction }) => prediction));
    expectClose(
      shares,
      predictions.map(({ probability }) => probability ?? []),
    );
  });

  it('gets an unseen word and a gap answered, too', async () => {
    const { row } = asked[0] as Asked;
    const rows = [
      { ...row, Embarked: 'Mars' },
      { ...row, Age: null, Embarked: null },
    ];
    const { status, body } = await predict({ instances: rows }, pin('v2'));
    expect(status).toBe(200);
    const [labels, shares] = JSON.parse(
      await reader.pythonWith(askTriton({ url: gateway.url, rows, version: 'v2' })),
    ) as [number[], number[][]];
    expect(labels).toEqual(body.predictions.map(({ prediction }: Prediction) => prediction));
    expectClose(
      shares,
      body.predictions.map(({ probability }: Prediction) => probability),
    );
  });
});
