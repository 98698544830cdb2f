import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadModel } from '@coppice/models/model/load-model';
import { readArtifact } from '@coppice/models/model/read-artifact';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const artifacts = mkdtempSync(join(tmpdir(), 'coppice-artifacts-'));
const versions = ['v1', 'v2'];
let models: Awaited<ReturnType<typeof startModelServer>>[];
let gateway: TestGateway;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(root, 'trainer/src/main.ts'), '--out', artifacts]);
  models = await Promise.all(
    versions.map((version) => startModelServer({ version, modelDir: join(artifacts, version) })),
  );
  gateway = await startGateway({ models: models.map(({ url }) => url), features: 4 });
});
afterAll(async () => {
  await gateway?.stop();
  for (const model of models ?? []) await model.stop();
  rmSync(artifacts, { recursive: true, force: true });
});

const rows = readFileSync(join(root, 'trainer/data/iris.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').slice(0, 4).map(Number));

it.each(versions)(
  'all 150 iris rows are answered by %s as its ONNX answers them, alone and in a batch',
  async (version) => {
    const { card, onnx } = await readArtifact(join(artifacts, version));
    const model = await loadModel(card, onnx);
    const names = [model.labelName, model.probabilityName];
    const [labels, shares] = await model.infer(Float64Array.from(rows.flat()), rows.length, names);
    const classes = card.classes.length;
    const pin = { 'X-Model-Version': version };

    const batch = await gateway.post('/predict', { instances: rows }, pin);
    const single = await Promise.all(rows.map((features) => gateway.post('/predict', { features }, pin)));
    const answers = [batch.body.predictions, single.map(({ body }) => body)];
    for (const predictions of answers) {
      expect(predictions.map(({ prediction }: { prediction: number }) => prediction)).toEqual(
        Array.from(labels?.data ?? [], Number),
      );
      expect(predictions.map(({ probability }: { probability: number[] }) => probability)).toEqual(
        rows.map((_, i) => Array.from(shares?.data.slice(i * classes, (i + 1) * classes) ?? [], Number)),
      );
    }
  },
);
