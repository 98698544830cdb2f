import { gzipSync } from 'node:zlib';
import { type ModelReport, TEST_ROWS_FILE, type TestRows } from '@coppice/contract';
import type { Answers } from '@coppice/evaluation/answers';
import { comparisonNotes } from '@coppice/evaluation/comparison-notes';
import { costMatrix } from '@coppice/evaluation/cost-matrix';
import { evaluateAnswers } from '@coppice/evaluation/evaluate-answers';
import type { Costs } from '@coppice/evaluation/read-costs';
import { reportFiles } from '@coppice/evaluation/report-files';
import type { Compared } from '@coppice/evaluation/report-sentence';
import { compareOnSameRows } from '@coppice/evaluation/same-rows';
import type { Artifact } from './artifacts/publish.ts';
import type { Champion, Test } from './champion.ts';
import type { Data } from './load-data.ts';
import { openModel } from './open-model.ts';
import { sampleWithSeed } from './sampling/random.ts';
import { cellValue } from './table/cell-value.ts';

type Wanted = {
  data: Data;
  test: Test;
  costs: Costs | null;
  /** How many test rows are kept at most. */
  keep: number;
  champion: Champion | null;
};

/** The rows that a table's models are tested by, as clients would send them. */
export function testOf({ table: { columns, target }, split }: Data): Test {
  return {
    features: columns.flatMap(({ name, kind }) => (kind === 'text' || kind === 'id' ? [] : [{ name, kind }])),
    classes: target.classes,
    rows: split.test.map((row) => columns.map((column) => cellValue(column, row))),
    actual: split.test.map((row) => target.labels[row] as number),
  };
}

/** The artifacts with the files of their reports, the test rows among them, and how they compare with the champion. */
export async function withReports(artifacts: readonly Artifact[], wanted: Wanted): Promise<Artifact[]> {
  const kept = keptRows(wanted);
  const reported: Artifact[] = [];
  for (const artifact of artifacts) {
    const { report, answers } = await evaluated(artifact, wanted);
    const comparison = compared(artifact, answers, wanted);
    const files = new Map<string, Uint8Array>(artifact.report);
    for (const [name, bytes] of await reportFiles(report, comparison)) files.set(`report/${name}`, bytes);
    reported.push({ ...artifact, comparison, report: kept ? files.set(TEST_ROWS_FILE, kept) : files });
  }
  return reported;
}

async function evaluated(
  { card, model }: Artifact,
  { data: { table, split, seed }, test, costs }: Wanted,
): Promise<{ report: ModelReport; answers: Answers }> {
  const opened = await openModel(model, card);
  if (!opened) throw new Error('the ONNX model has another form than those that this trainer writes');
  try {
    const answers = await opened.infer(test.rows);
    const trained = test.classes.map(
      (_, label) => split.train.filter((row) => table.target.labels[row] === label).length,
    );
    const report = await evaluateAnswers({
      ...{ model: card.name, classes: test.classes, features: card.features, rows: test.rows, actual: test.actual },
      ...{ answers, trained, costs, infer: opened.infer, seed },
    });
    return { report, answers };
  } finally {
    await opened.close();
  }
}

function compared({ card }: Artifact, { answered }: Answers, { test, costs, champion }: Wanted): Compared | null {
  if (!champion) return null;
  // it has no number of its own before it is published
  const { release: _, ...comparison } = compareOnSameRows({
    release: champion.number,
    against: champion.number,
    actual: test.actual,
    answered,
    answeredAgainst: champion.answered,
    costs: costs && costMatrix(test.classes, costs),
    notes: comparisonNotes(champion.number, champion.card, card),
  });
  return comparison;
}

/** Test rows for later evaluations; of many a seeded sample. Null for none. */
function keptRows({ test, keep, data: { seed } }: Wanted): Uint8Array | null {
  if (keep === 0) return null;
  const all = [...test.rows.keys()];
  const places = all.length <= keep ? all : sampleWithSeed(all, keep, seed).sort((a, b) => a - b);
  const rows: TestRows = {
    columns: test.features.map(({ name }) => name),
    rows: places.map((at) => [...(test.rows[at] ?? [])]),
    labels: places.map((at) => test.classes[test.actual[at] as number] as string),
  };
  return gzipSync(JSON.stringify(rows));
}
