import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FILE, TEST_ROWS_FILE } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import type { Trained } from './read-trained.ts';

type Folders = { model: string; report: string; who: string };

/**
 * The release of this model with this report: the one that is there, or else the next one. The card is no part of what makes
 * two the same, for it has the time of the training.
 */
export async function releaseOf(
  registry: Registry,
  { card, json, onnx }: Trained,
  { model, report, who }: Folders,
): Promise<{ number: number; fresh: boolean }> {
  const files = new Map<string, Uint8Array>([
    [MODEL_FILE, onnx],
    [CARD_FILE, json],
    ...readdirSync(report).map((name) => [`report/${name}`, readFileSync(join(report, name))] as const),
  ]);
  const rows = testRows(model);
  if (rows) files.set(TEST_ROWS_FILE, rows);
  const decisive = [MODEL_FILE, REPORT_FILE].map((name) => [name, sha256(files.get(name))] as const);
  const same = (await registry.releases()).find((one) =>
    decisive.every(([name, hash]) => one.files[name]?.sha256 === hash),
  );
  if (same) return { number: same.number, fresh: false };
  const { champion } = (await registry.current()).state.aliases;
  const lineage = { data: card.data.sha256, commit: card.gitCommit, parent: champion };
  return { number: (await registry.publish({ files, lineage, who })).number, fresh: true };
}

function testRows(folder: string): Uint8Array | null {
  try {
    return readFileSync(join(folder, TEST_ROWS_FILE));
  } catch {
    return null;
  }
}

const sha256 = (bytes: Uint8Array | undefined) => bytes && createHash('sha256').update(bytes).digest('hex');
