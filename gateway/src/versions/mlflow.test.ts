import { numbersNamed } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { InferError } from './infer-error.ts';
import { mlflow, mlflowServer } from './mlflow.ts';
import type { Known } from './signature.ts';
import type { UpstreamAnswer } from './upstream.ts';

const known: Known = {
  ...{ features: 2, classes: 3, ownCard: false, decision: 'argmax' },
  ...{ specs: numbersNamed(['a', 'b "c"']).specs, classNames: ['x', 'y', 'z'] },
};
const schema = numbersNamed(['a', 'b "c"']);
const fleet = { own: () => schema, schema: () => schema, classes: () => ['x', 'y', 'z'] };
const answer = (body: unknown): UpstreamAnswer => ({
  status: 200,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
const server = (status: number) => mlflow({ get: async () => ({ ...answer('\n'), status }) }, fleet);
const wire = async () => {
  const [first] = (await server(200).identify(known)).wires;
  if (!first) throw new Error('no wire');
  return first;
};

describe('MLflow’s scoring server', () => {
  it.each([
    ['http://ml:5001/invocations', 'http://ml:5001'],
    ['http://ml/iris/invocations/', 'http://ml/iris'],
    ['http://ml:8080', null],
    ['http://ml:8080/v2', null],
  ])('is recognised by the address of its predictions: %s', (url, base) => {
    expect(mlflowServer(url)).toBe(base);
  });

  it('gets rows by the names of the features', async () => {
    const jobs = [
      { features: [1, 2], columns: ['a', 'b "c"'], rows: 1 },
      { features: [3, 4, 5.5, 6], columns: ['a', 'b "c"'], rows: 2 },
    ];
    const { path, encode } = await wire();
    expect(path).toBe('/invocations');
    expect(JSON.parse(encode(jobs, 3).body as string)).toEqual({
      dataframe_split: {
        columns: ['a', 'b "c"'],
        data: [
          [1, 2],
          [3, 4],
          [5.5, 6],
        ],
      },
    });
  });

  it('gets texts, booleans and gaps as they came, whatever order they came in', async () => {
    const jobs = [
      { features: [true, 'x', 'größer'], columns: ['b "c"', 'other', 'a'], rows: 1 },
      { features: [null, 2], columns: ['a', 'extra'], rows: 1 },
    ];
    const { data } = JSON.parse((await wire()).encode(jobs, 2).body as string).dataframe_split;
    expect(data).toEqual([
      ['größer', true],
      [null, null],
    ]);
  });

  it.each([
    ['indices', [0, 2], [0, 2], null],
    ['names', ['z', 'x'], [2, 0], null],
    [
      'probabilities',
      [
        [1, 0, 0],
        [0, 0.25, 0.75],
      ],
      [0, 2],
      [1, 0, 0, 0, 0.25, 0.75],
    ],
  ])('answers with %s', async (_, predictions, labels, probabilities) => {
    const read = (await wire()).decode(answer({ predictions }), 2);
    expect(Array.from(read.labels)).toEqual(labels);
    expect(read.probabilities && Array.from(read.probabilities)).toEqual(probabilities);
  });

  it('answers like a release of ours that MLflow serves: class and probabilities of each row', async () => {
    const predictions = [
      { prediction: 1, class: 'y', probability: [0.2, 0.5, 0.3] },
      { prediction: 0, class: 'x', probability: [1, 0, 0] },
    ];
    const read = (await wire()).decode(answer({ predictions }), 2);
    expect(Array.from(read.labels)).toEqual([1, 0]);
    expect(Array.from(read.probabilities ?? [])).toEqual([0.2, 0.5, 0.3, 1, 0, 0]);
  });

  it.each([
    [{ predictions: [{ prediction: 0, probability: [1, 0, 0] }, { prediction: 0 }] }],
    [{ predictions: [{ prediction: 'x', probability: 1 }, null] }],
    [
      {
        predictions: [
          { prediction: 0.5, probability: [1, 0, 0] },
          { prediction: 0, probability: [1, 0, 0] },
        ],
      },
    ],
    [
      {
        predictions: [
          { prediction: 0, probability: [1, 'a', 0] },
          { prediction: 0, probability: [1, 0, 0] },
        ],
      },
    ],
  ])('does not predict by half of it: %j', async (body) => {
    const { decode } = await wire();
    expect(() => decode(answer(body), 2)).toThrow();
  });

  it.each([[{}], [null], [{ predictions: 'x' }], [{ predictions: ['x'] }], [{ predictions: [{}, {}] }]])(
    'does not predict by %j',
    async (body) => {
      const { decode } = await wire();
      expect(() => decode(answer(body), 2)).toThrow();
    },
  );

  it('is ready when its /ping answers, and needs another version that names features and classes', async () => {
    expect(await server(200).probe()).toEqual({ reason: null, release: null });
    expect(await server(503).probe()).toMatchObject({ reason: 'its server is not ready: it answered 503' });
    const unreachable = mlflow({ get: () => Promise.reject(new InferError('connect')) }, fleet);
    await expect(unreachable.probe()).rejects.toThrow('its server cannot be reached');
    await expect(server(200).identify(null)).rejects.toThrow('another version with a model card must be ready');
    await expect(server(200).identify({ ...known, specs: null })).rejects.toThrow('describes no model');
  });
});
