import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { RegistryConflictError } from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { printable } from '@coppice/serverkit';
import { formatCard } from '@coppice/trainer/card/format-card';
import { readDataFile } from '@coppice/trainer/csv/read-data-file';
import { reportAccuracy } from '@coppice/trainer/report-accuracy';
import { type Imported, importModel } from './import-model.ts';
import { ImportRefusedError } from './import-refused.ts';
import { reportOfImport } from './report-of-import.ts';

export type ImportCommand = {
  /** Where the release goes, and the model's name. */
  registry: string;
  model: string | undefined;
  /** The ONNX file. */
  file: string;
  /** The sample: a CSV file; its columns by name. */
  data: string;
  target: string | undefined;
  drop: readonly string[];
  only: readonly string[] | undefined;
  /** Order of the probabilities' classes. */
  classes: readonly string[] | undefined;
  /** How many rows of the sample the release keeps at most. */
  testRows: number;
  reason: string;
};

const TAG = 'imported';
/** Someone else may change the registry at the same moment. */
const TRIES = 5;

/** Makes the next release of an ONNX file and a sample of its data, tagged `imported`; says which, and what was decided. */
export async function importRelease(command: ImportCommand, who: string): Promise<string> {
  const modelFile = basename(command.file);
  const data = readDataFile(fromHere(command.data), command.data);
  const name = command.model ?? (process.env.MODEL_NAME || 'iris');
  const registry = await openRegistry(command.registry, name);
  const imported = await importModel(readModel(command.file), data, {
    ...{ name, modelFile, file: basename(command.data), target: command.target },
    ...{ drop: command.drop, only: command.only, classes: command.classes },
  });
  try {
    const { card } = imported;
    const notices = [...imported.notices, ...(await besideChampion(registry, card))];
    const number = await publish(registry, imported, { keep: command.testRows, who });
    await tag(registry, number, modelFile, { who, reason: command.reason });
    return [
      `${name} ${number} in ${registry.place}: ${reportAccuracy(card)}`,
      ...notices.map((notice) => `note: ${notice}`),
    ]
      .map(printable)
      .join('\n');
  } finally {
    await imported.close();
  }
}

/** npm starts scripts in the package's folder; INIT_CWD is the user's. */
const fromHere = (file: string) => resolve(process.env.INIT_CWD ?? '', file);

function readModel(file: string): Uint8Array {
  try {
    return readFileSync(fromHere(file));
  } catch (cause) {
    throw new ImportRefusedError(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

async function publish(
  registry: Registry,
  imported: Imported,
  { keep, who }: { keep: number; who: string },
): Promise<number> {
  const { card, onnx } = imported;
  const files = new Map<string, Uint8Array>([
    [MODEL_FILE, onnx],
    [CARD_FILE, Buffer.from(formatCard(card))],
    ...(await reportOfImport(imported, keep)),
  ]);
  const { champion } = (await registry.current()).state.aliases;
  const lineage = { data: card.data.sha256, commit: null, parent: champion };
  return (await registry.publish({ files, lineage, who })).number;
}

/** Versions of one gateway have the same classes. */
async function besideChampion(registry: Registry, { classes }: ModelCard): Promise<string[]> {
  const { champion } = (await registry.current()).state.aliases;
  if (champion === null) return [];
  const known = (await registry.release(champion)).summary.classes;
  const names = classes.map(({ name }) => name);
  return known.toSorted().join('\0') === names.toSorted().join('\0')
    ? []
    : [`release ${champion}, the champion, has other classes (${known.join(', ')}): no gateway serves both`];
}

async function tag(registry: Registry, number: number, file: string, by: { who: string; reason: string }) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await registry.tag(number, TAG, file.slice(0, 200), by);
    } catch (error) {
      if (!(error instanceof RegistryConflictError) || tries === TRIES) throw error;
    }
  }
}
