import { gzipSync } from 'node:zlib';
import { TEST_ROWS_FILE, type TestRows } from '@coppice/contract';
import { evaluateAnswers } from '@coppice/evaluation/evaluate-answers';
import { reportFiles } from '@coppice/evaluation/report-files';
import { sampleWithSeed } from '@coppice/trainer/sampling/random';
import type { Imported } from './import-model.ts';

const SEED = 1;

/**
 * Files of a release below `report/`: what its answers to the sample are worth, and at most `keep` of these rows, with which it
 * can be evaluated again.
 */
export async function reportOfImport(imported: Imported, keep: number): Promise<Map<string, Uint8Array>> {
  const { card, rows, actual, answers, infer } = imported;
  const report = await evaluateAnswers({
    ...{ model: card.name, classes: card.classes.map(({ name }) => name), features: card.features },
    // the sample may or may not be what it was trained on
    ...{ rows, actual, answers, infer, trained: null, costs: null, seed: SEED },
  });
  const files = [...(await reportFiles(report, null))].map(([name, bytes]) => [`report/${name}`, bytes] as const);
  return new Map([...files, [TEST_ROWS_FILE, testRowsOf(imported, keep)]]);
}

function testRowsOf({ card, rows, actual }: Imported, keep: number): Uint8Array {
  const all = [...rows.keys()];
  const places = all.length <= keep ? all : sampleWithSeed(all, keep, SEED).sort((a, b) => a - b);
  const kept: TestRows = {
    columns: card.features.map(({ name }) => name),
    rows: places.map((at) => [...(rows[at] ?? [])]),
    labels: places.map((at) => card.classes[actual[at] as number]?.name as string),
  };
  return gzipSync(JSON.stringify(kept));
}
