import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFixtureModel } from './fixture-model.ts';

/** Files of a small model of its own: `shift` and `note` make them differ. */
export function releaseFiles({
  shift = 0,
  note = '',
  ...names
}: {
  shift?: number;
  note?: string;
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
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
