import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ModelReport } from '@coppice/contract';
import { evaluateAnswers } from '@coppice/evaluation/evaluate-answers';
import { readCosts } from '@coppice/evaluation/read-costs';
import { reportFiles } from '@coppice/evaluation/report-files';
import { ArtifactError } from '@coppice/models/model/read-artifact';
import { printable, printableLines } from '@coppice/serverkit/printable';
import { DataError } from '@coppice/trainer/table/data-error';
import { evaluateText } from '../evaluate/evaluate-text.ts';
import { openAnswers } from '../evaluate/open-release.ts';
import { testSetOf } from '../evaluate/test-set.ts';
import { readTrained } from './read-trained.ts';
import { reportMetrics, reportPlots } from './report-figures.ts';

// The stage evaluate of pipeline/dvc.yaml: report/, plots/ and metrics.json of a trained model, below the working folder.

try {
  await main();
} catch (error) {
  if (!(error instanceof DataError || error instanceof ArtifactError || error instanceof RangeError)) throw error;
  console.error(`evaluate: ${printable(error.message)}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'model/v2' },
      rows: { type: 'string', default: 'prepared/test.csv' },
      cost: { type: 'string', multiple: true, default: [] },
    },
  });
  const report = await evaluate(values.model, values.rows, values.cost);
  write('report', await reportFiles(report, null));
  write('plots', new Map([...reportPlots(report)].map(([name, points]) => [name, json(points)])));
  writeFileSync('metrics.json', json(reportMetrics(report)));
  console.log(printableLines(evaluateText({ report, comparison: null, uncompared: null })));
}

async function evaluate(folder: string, rows: string, cost: readonly string[]): Promise<ModelReport> {
  const { card, onnx } = readTrained(folder);
  const classes = card.classes.map(({ name }) => name);
  const costs = readCosts(cost, classes);
  const test = testSetOf({ file: rows, title: rows, target: undefined }, card);
  if (test.rows.length === 0) throw new DataError(`${rows} has no rows: the table is too small for a test`);
  const model = await openAnswers(card, onnx);
  try {
    return await evaluateAnswers({
      ...{ model: card.name, classes, features: card.features, rows: test.rows, actual: test.actual, costs },
      answers: await model.infer(test.rows),
      trained: card.classes.map(({ share }) => Math.round(share * card.data.trainRows)),
      ...{ infer: model.infer, seed: Number(card.parameters.seed ?? 1) },
    });
  } finally {
    await model.close();
  }
}

function write(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
