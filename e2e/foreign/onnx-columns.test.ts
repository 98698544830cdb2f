import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type FeatureValue, type ModelCard, parseModelCard } from '@coppice/contract';
import { startModelServer } from '@coppice/testkit/model-server';
import { root } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTriton } from './ask-triton.ts';
import { expectClose } from './expect-close.ts';
import { type Reader, startReader } from './recipes.ts';

/** Prints all rows as clients send them, and what scikit-learn itself says to them: as they are, and of words never seen. */
const ask = `
strange = data.copy()
strange['Sex'], strange['Embarked'] = 'unknown', 'Mars'
print(json.dumps([
    {'rows': [[value(cell) for cell in row] for row in of.itertuples(index=False)], 'shares': pipeline.predict_proba(of).tolist()}
    for of in (data, strange)
]))
`;

type Asked = { rows: FeatureValue[][]; shares: number[][] };
type Predicted = { prediction: number; class: string; probability: number[] };

let reader: Reader;
let asked: Asked[];
let card: ModelCard;
let server: Awaited<ReturnType<typeof startModelServer>>;
beforeAll(async () => {
  reader = await startReader();
  symlinkSync(join(root, 'testkit'), join(reader.folder, 'testkit'));
  asked = JSON.parse(await reader.pythonWith(ask, 'onnx-columns', 'onnx-columns-card'));
  const modelDir = join(reader.folder, 'artifacts/v2');
  card = parseModelCard(JSON.parse(readFileSync(join(modelDir, 'model-card.json'), 'utf8'))).data as ModelCard;
  server = await startModelServer({ version: 'v2', modelName: 'titanic', modelDir });
});
afterAll(async () => {
  await server?.stop();
  await reader?.stop();
});

async function predict(instances: unknown[]): Promise<{ status: number; detail?: string; predictions: Predicted[] }> {
  const answer = await fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
  });
  return { status: answer.status, ...((await answer.json()) as { predictions: Predicted[] }) };
}

describe('a scikit-learn pipeline over columns, by skl2onnx', () => {
  it('has a card with a feature of each kind and gaps', () => {
    const kinds = card.features.map(({ name, kind, nullable }) => `${name}: ${kind}${nullable ? ' or missing' : ''}`);
    expect(kinds).toEqual([
      'Age: number or missing',
      'Fare: number or missing',
      'Pclass: number',
      'SibSp: number',
      'Alone: boolean',
      'Sex: category or missing',
      'Embarked: category or missing',
    ]);
    expect(asked[0]?.rows.flat()).toContain(null);
  });

  it('is served unchanged, a tensor for each column', async () => {
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    const metadata = await (await fetch(`${server.url}/v2/models/titanic`)).json();
    expect(metadata).toMatchObject({
      inputs: [
        { name: 'Age', datatype: 'FP32', shape: [-1, 1] },
        { name: 'Fare', datatype: 'FP32', shape: [-1, 1] },
        { name: 'Pclass', datatype: 'FP64', shape: [-1, 1] },
        { name: 'SibSp', datatype: 'FP64', shape: [-1, 1] },
        { name: 'Alone', datatype: 'FP64', shape: [-1, 1] },
        { name: 'Sex', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'Embarked', datatype: 'BYTES', shape: [-1, 1] },
      ],
    });
  });

  it('answers as scikit-learn does, to every row and to categories that it never saw', async () => {
    for (const { rows, shares } of asked) {
      const { status, predictions } = await predict(rows);
      expect(status).toBe(200);
      expectClose(
        predictions.map(({ probability }) => probability),
        shares,
      );
      expect(predictions.map((each) => each.class)).toEqual(
        shares.map((row) => card.classes[row.indexOf(Math.max(...row))]?.name),
      );
    }
  });

  it.each(['binary', 'JSON'] as const)(
    'answers tritonclient with BYTES columns the same, texts as %s',
    async (texts) => {
      for (const each of asked) {
        const { predictions } = await predict(each.rows);
        const names = card.features.map(({ name }) => name);
        const rows = each.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
        const printed = await reader.pythonWith(askTriton({ url: server.url, rows, texts }));
        const [labels, shares] = JSON.parse(printed) as [number[], number[][]];
        expect(labels).toEqual(predictions.map(({ prediction }) => prediction));
        expectClose(
          shares,
          predictions.map(({ probability }) => probability),
        );
      }
    },
  );

  it.each<[string, Record<string, FeatureValue>, RegExp]>([
    [
      'a fraction for an INT64 column',
      { Pclass: 2.5 },
      /^Pclass is 2\.5 in row 0: this model takes only integers there/,
    ],
    ['a gap that its card does not allow', { Alone: null }, /Alone must be true or false/],
    ['a number for a text', { Fare: 'dear' }, /Fare must be a finite number/],
  ])('refuses %s with 400', async (_, wrong, detail) => {
    const row = { Age: null, Fare: 7.25, Pclass: 3, SibSp: 0, Alone: true, Sex: 'male' };
    expect(await predict([row])).toMatchObject({ status: 200 });
    const refused = await predict([{ ...row, ...wrong }]);
    expect(refused.status).toBe(400);
    expect(refused.detail).toMatch(detail);
  });
});
