import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureValue, ModelCard } from '@coppice/contract';
import { MIXED_CLASSES, mixedAnswer, writeMixedModel } from '@coppice/testkit/mixed-model';
import { startModelServer } from '@coppice/testkit/model-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'coppice-mixed-'));
let card: ModelCard;
let server: Awaited<ReturnType<typeof startModelServer>>;
beforeAll(async () => {
  card = writeMixedModel(folder, { name: 'iris' });
  server = await startModelServer({ version: 'v1', modelDir: folder });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = async (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body as string,
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
};
const predict = (body: unknown) => post('/predict', JSON.stringify(body));
const INFER = '/v2/models/iris/infer';
const infer = (inputs: unknown[]) => post(INFER, JSON.stringify({ inputs }));

type Row = { length: number; colour: string | null; ripe: boolean; days: number | null };
const columnsOf = (rows: Row[]) => [
  { name: 'picked', datatype: 'FP64', data: rows.map(({ days }) => days) },
  { name: 'colour', datatype: 'BYTES', data: rows.map(({ colour }) => colour ?? '') },
  { name: 'ripe', datatype: 'BOOL', data: rows.map(({ ripe }) => ripe) },
  { name: 'length', datatype: 'FP64', data: rows.map(({ length }) => length) },
];
const tensorsOf = (rows: Row[]) => columnsOf(rows).map((column) => ({ ...column, shape: [rows.length, 1] }));
const dateOf = (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10);
const instanceOf = ({ days, ...row }: Row): Record<string, FeatureValue> => ({
  ...row,
  picked: days === null ? null : dateOf(days),
});

const rows: Row[] = [
  { length: 5, colour: 'red', ripe: true, days: 19_850 },
  { length: 12, colour: 'red', ripe: false, days: null },
  { length: 12, colour: 'green', ripe: true, days: 19_850 },
  { length: 12, colour: 'violet', ripe: true, days: 19_850 },
  { length: 12, colour: null, ripe: false, days: null },
];

describe('a model with features of all kinds', () => {
  it('announces a tensor for each column', async () => {
    const metadata = await (await fetch(`${server.url}/v2/models/iris`)).json();
    expect(metadata).toMatchObject({
      inputs: [
        { name: 'length', datatype: 'FP64', shape: [-1, 1] },
        { name: 'colour', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'ripe', datatype: 'FP64', shape: [-1, 1] },
        { name: 'picked', datatype: 'FP64', shape: [-1, 1] },
      ],
    });
  });

  it('answers typed rows, unseen categories and gaps included', async () => {
    const { body } = await predict({ instances: rows.map(instanceOf) });
    expect(body.predictions.map((each: { prediction: number }) => each.prediction)).toEqual([0, 2, 1, 1, 1]);
    expect(body.predictions[1]).toEqual({ prediction: 2, class: 'red', probability: [0, 0, 1] });
    const one = await predict({ features: { 'length (cm)': 12, ripe: 'no', colour: 'red' } });
    expect(one).toMatchObject({ status: 200, body: { class: 'red', model_version: 'v1' } });
  });

  it('answers the same through its tensors, JSON and binary', async () => {
    const { body: predicted } = await predict({ instances: rows.map(instanceOf) });
    const answers = [await infer(tensorsOf(rows)), await post(INFER, ...binary(rows))];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body.outputs[0].data).toEqual(
        predicted.predictions.map((each: { prediction: number }) => each.prediction),
      );
      expect(body.outputs[1].data).toEqual(
        predicted.predictions.flatMap((each: { probability: number[] }) => each.probability),
      );
    }
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a gap where the card has none', { length: null }, 'features/length must be a finite number (length).'],
    ['a word for a number', { length: 'long' }, 'features/length must be a finite number (length).'],
    ['a number for a boolean', { ripe: 7 }, 'features/ripe must be true or false (ripe).'],
    ['what is no date', { picked: 'soon' }, 'features/picked must be a date such as 2024-03-31 or'],
    ['what is no feature', { taste: 1 }, 'features/taste is not a feature; the features are length, colour, ripe'],
  ])('refuses %s with 400', async (_, wrong, detail) => {
    const { status, body } = await predict({ features: { ...instanceOf(rows[0] as Row), ...wrong } });
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: expect.stringContaining(detail) });
  });

  it('refuses tensors that lack a column, or a value, with 400', async () => {
    const [picked, colour, ripe, length] = tensorsOf(rows.slice(0, 1));
    expect(await infer([picked, colour, ripe])).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('inputs hold no length, which must not be missing') },
    });
    expect(await infer([colour, ripe, { ...length, data: [null] }])).toMatchObject({
      status: 400,
      body: { error: 'inputs[2], row 0, is missing: must be a finite number (length)' },
    });
  });

  it('answers any row as its rule says, by either way', async () => {
    const gap = { freq: 4, nil: null };
    const row: fc.Arbitrary<Row> = fc.record({
      length: fc.double({ noNaN: true, noDefaultInfinity: true }),
      colour: fc.option(
        fc.oneof(fc.constantFrom('red', 'green', 'blue'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 })),
        gap,
      ),
      ripe: fc.boolean(),
      days: fc.option(fc.integer({ min: -700_000, max: 2_000_000 }), gap),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 10 }), async (rows) => {
        const expected = rows.map(({ length, colour }) => mixedAnswer({ length, colour }));
        const { body } = await predict({ instances: rows.map((row) => ({ ...instanceOf(row), picked: null })) });
        expect(body.predictions.map((each: { class: string }) => each.class)).toEqual(
          expected.map((index) => MIXED_CLASSES[index]),
        );
        for (const answer of [await infer(tensorsOf(rows)), await post(INFER, ...binary(rows))])
          expect(answer.body.outputs[0].data).toEqual(expected);
      }),
      { numRuns: 50, seed: 6 },
    );
  });

  it('refuses any malformed tensor with 4xx, and stays up', async () => {
    const good = tensorsOf(rows.slice(0, 1));
    const one = fc
      .tuple(fc.nat(3), fc.constantFrom('name', 'shape', 'datatype', 'data'), fc.jsonValue())
      .filter(([, field, value]) => field !== 'data' || !Array.isArray(value) || value.flat().length !== 1)
      .filter(([, field, value]) => field !== 'shape' || !Array.isArray(value) || value.at(-1) !== 1);
    await fc.assert(
      fc.asyncProperty(one, async ([index, field, value]) => {
        const { status, body } = await infer(
          good.map((tensor, i) => (i === index ? { ...tensor, [field]: value } : tensor)),
        );
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(body.error).toMatch(/\S/);
        expect(body.error.length).toBeLessThan(1000);
      }),
      { numRuns: 300, seed: 7 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const [body, headers] = binary(rows.slice(0, 1), Buffer.from(bytes));
        const { status } = await post(INFER, body, headers);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 300, seed: 8 },
    );
    expect((await infer(good)).status).toBe(200);
  });
});

describe('a card that does not fit its model', () => {
  const reasonFor = async (change: (card: ModelCard) => ModelCard): Promise<string> => {
    const dir = mkdtempSync(join(tmpdir(), 'coppice-mixed-'));
    const { artifact } = writeMixedModel(dir, { name: 'iris' });
    writeFileSync(join(dir, 'model-card.json'), JSON.stringify(change({ ...card, artifact })));
    const broken = await startModelServer({ version: 'v1', modelDir: dir });
    const answer = (await (await fetch(`${broken.url}/ready`)).json()) as { reason: string };
    await broken.stop();
    rmSync(dir, { recursive: true, force: true });
    return answer.reason;
  };
  const renamed = (from: string, name: string) => (card: ModelCard) => ({
    ...card,
    features: card.features.map((feature) => (feature.name === from ? { ...feature, name } : feature)),
  });
  const withCell = (column: number, value: FeatureValue) => (card: ModelCard) => ({
    ...card,
    rows: card.rows.map((row, i) => (i === 3 ? { ...row, features: row.features.with(column, value) } : row)),
  });

  it.each<[string, (card: ModelCard) => ModelCard, string]>([
    ['a feature of another name', renamed('colour', 'color'), 'the ONNX input colour is no feature of model-card.json'],
    [
      'a word where its rows have a number',
      withCell(0, 'long'),
      'model-card.json: rows.3.features.0 (length) is "long": must be a finite number',
    ],
    ['a gap that it does not allow', withCell(2, null), 'rows.3.features.2 (ripe) is null: must be true or false'],
  ])('is refused with the reason: %s', async (_, change, reason) => {
    expect(await reasonFor(change)).toContain(reason);
  });
});

function binary(rows: Row[], colours?: Buffer): [body: Uint8Array, headers: Record<string, string>] {
  const tails = columnsOf(rows).map(({ name, datatype, data }) => {
    if (name === 'colour' && colours) return colours;
    if (datatype === 'BOOL') return Buffer.from(data as unknown as number[]);
    if (datatype === 'FP64') return Buffer.from(Float64Array.from(data as number[], (one) => one ?? Number.NaN).buffer);
    return Buffer.concat(
      (data as string[]).flatMap((text) => {
        const size = Buffer.alloc(4);
        size.writeUInt32LE(Buffer.byteLength(text));
        return [size, Buffer.from(text)];
      }),
    );
  });
  const inputs = columnsOf(rows).map(({ name, datatype }, i) => ({
    ...{ name, datatype, shape: [rows.length, 1] },
    parameters: { binary_data_size: tails[i]?.length },
  }));
  const json = Buffer.from(JSON.stringify({ inputs }));
  return [
    Buffer.concat([json, ...tails]),
    { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(json.length) },
  ];
}
