import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { madeUpReport } from '@coppice/testkit/made-up-report';
import { writeMixedModel } from '@coppice/testkit/mixed-model';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { modelFiles } from './model-files.ts';
import type { ReleaseDetails } from './release-details.ts';
import { columnsOf, datasetOf, metricsOf, parametersOf, tagsOf } from './run-of-release.ts';

const folder = mkdtempSync(join(tmpdir(), 'coppice-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const card = writeMixedModel(folder);
const onnx = readFileSync(join(folder, 'model.onnx'));

function detailsOf(changed: Partial<ReleaseDetails> = {}): ReleaseDetails {
  const { sha256, bytes } = card.artifact;
  return {
    release: {
      ...{ format: 1, model: 'fruit', number: 7, createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'ada' },
      files: { 'model.onnx': { sha256, bytes } },
      lineage: { data: 'd'.repeat(64), commit: 'c0ffee', parent: 4 },
      summary: { algorithm: 'random-forest', accuracy: 1, testRows: 120, features: 4, classes: [] },
    },
    ...{ card, cardBytes: Buffer.from('{}'), onnx, report: null, training: null },
    ...changed,
  };
}
const namesOf = (names: string[]): ModelCard => ({
  ...card,
  classes: names.map((name) => ({ name, share: 0.5, typical: [] })),
  metrics: {
    ...card.metrics,
    perClass: names.map((name) => ({ class: name, precision: 1, recall: 1, f1: 1, support: 1 })),
  },
});

describe('the run of a release', () => {
  it('has the parameters of the card, as texts', () => {
    expect(parametersOf(detailsOf())).toEqual({
      ...{ algorithm: 'random-forest', trees: '1', depth: '2', seed: '1', features: '4', classes: '3' },
      ...{ target: 'class', train_rows: '120', test_rows: '120', test_share: '0.5' },
    });
  });

  it('has the metrics of report and training, and none that is unknown', () => {
    const train = { rows: 9, accuracy: 0.9, precision: 0.8, recall: 0.7, f1: 0.75 };
    const metrics = metricsOf(
      detailsOf({ report: madeUpReport(['a', 'b']), training: { format: 1, seconds: 2.5, train } }),
    );
    expect(metrics).toMatchObject({
      ...{ test_log_loss: 0.142, 'test_f1/a': 0.99, 'test_auc/b': 0.96 },
      ...{ train_accuracy: 0.9, train_f1: 0.75, training_time: 2.5, model_size_mb: onnx.length / 1e6 },
    });
    expect(metrics).not.toHaveProperty(['test_f1/b']);
    expect(metrics.test_auc).toBeCloseTo(0.975, 12);
  });

  it('has the metrics of the card where there is no report, and none of a test without rows', () => {
    expect(metricsOf(detailsOf())).toMatchObject({ test_accuracy: 1, 'test_recall/red': 1 });
    const untested = { ...card, metrics: { ...card.metrics, rows: 0 } };
    expect(Object.keys(metricsOf(detailsOf({ card: untested })))).toEqual(['model_size_mb']);
  });

  it.each([
    [
      ['>50K', '<50K', 'größer als'],
      ['_50K_0', '_50K_1', 'größer als'],
    ],
    [
      ['..', '', 'a/b:c'],
      ['_..', '_', 'a_b_c'],
    ],
  ])('names metrics of the classes %j as MLflow allows it', (classes, labels) => {
    const names = Object.keys(metricsOf(detailsOf({ card: namesOf(classes) })));
    expect(names.filter((name) => name.startsWith('test_f1/'))).toEqual(labels.map((label) => `test_f1/${label}`));
  });

  it('says where it is from', () => {
    expect(tagsOf(detailsOf(), { 'team:x': 'fraud' })).toEqual({
      'mlflow.runName': 'fruit 7',
      'mlflow.user': 'ada',
      'mlflow.source.name': 'coppice',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.commit': 'c0ffee',
      'coppice.release': '7',
      'coppice.sha256': card.artifact.sha256,
      'coppice.data': 'd'.repeat(64),
      'coppice.parent': '4',
      'coppice.tag.team_x': 'fraud',
    });
  });

  it('has the training data as its input', () => {
    const { dataset } = datasetOf(detailsOf());
    expect(dataset).toMatchObject({ name: 'fruit.csv', digest: 'd'.repeat(36) });
    expect(JSON.parse(dataset.profile)).toEqual({ num_rows: 120, num_elements: 600 });
  });
});

describe('the MLflow model of a release', () => {
  it('has a signature of the features: a gap in a boolean is any, a date text', () => {
    const [length, colour, ripe, picked] = card.features;
    const features = [length, colour, { ...ripe, nullable: true }, picked] as ModelCard['features'];
    expect(columnsOf({ features })).toEqual([
      { type: 'double', name: 'length', required: true },
      { type: 'string', name: 'colour', required: false },
      { type: 'any', name: 'ripe', required: false },
      { type: 'string', name: 'picked', required: false },
    ]);
  });

  it('is described by MLmodel, which is YAML whatever the names, and is the same each time', () => {
    const [first, ...others] = card.features;
    const quoted = { ...card, features: [{ ...first, name: 'it\'s: #1 "x"' }, ...others] } as ModelCard;
    const files = modelFiles(detailsOf({ card: quoted }), 'run1');
    const text = Buffer.from(files.get('MLmodel') ?? []).toString();
    const { flavors, signature, saved_input_example_info: example } = parse(text);
    expect(flavors.onnx.data).toBe('model.onnx');
    expect(flavors.python_function.loader_module).toBe('coppice_release');
    expect(JSON.parse(signature.inputs)[0].name).toBe('it\'s: #1 "x"');
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([example.artifact_path, example.serving_input_path, 'code/coppice_release.py']),
    );
    expect(modelFiles(detailsOf({ card: quoted }), 'run1')).toEqual(files);
  });
});
