import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelReport, REPORT_FILE } from '@coppice/contract';
import { writeFixtureModel } from './fixture-model.ts';

/** Files of a small model of its own: `shift` and `note` make them differ. With the report that `report` is, if any. */
export function releaseFiles({
  shift = 0,
  note = '',
  report,
  ...names
}: {
  shift?: number;
  note?: string;
  report?: ModelReport;
  features?: string[];
  classes?: string[];
} = {}): Map<string, Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-release-'));
  try {
    writeFixtureModel(folder, { shift, ...names });
    return new Map([
      ['model.onnx', readFileSync(join(folder, 'model.onnx'))],
      ['model-card.json', readFileSync(join(folder, 'model-card.json'))],
      ['report/note.txt', Buffer.from(note)],
      ...(report ? [[REPORT_FILE, Buffer.from(JSON.stringify(report))] as const] : []),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
