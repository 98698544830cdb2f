import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetrainRows } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { readModelCard } from '@coppice/serverkit';
import { readBase } from '../data/base-rows.ts';
import { gatherRows } from '../data/gather-rows.ts';
import type { RecordedRow } from '../data/recorded-row.ts';
import { writeRows } from '../data/write-rows.ts';
import { JobEnd } from './job-end.ts';
import type { RunTrainer } from './run-trainer.ts';
import { baseArguments, trainArguments } from './trainer-arguments.ts';

/** What its card calls a release that the retrainer trained: the version that follows the challenger. */
const VERSION = 'v2';

export type Training = {
  registry: Registry;
  /** Where it is, as the trainer takes it. */
  place: string;
  champion: number;
  /** The base file; undefined: the trainer's own. */
  base: string | undefined;
  /** How the base file is read; undefined: as the champion's card says, which is of the base file itself. */
  read: readonly string[] | undefined;
  recorded: readonly RecordedRow[];
  minRows: number;
  /** SHA-256 of the rows of earlier jobs, and their numbers. */
  known: ReadonlyMap<string, number>;
  run: RunTrainer;
  signal: AbortSignal;
  log: (line: string) => void;
  /** Called before the base file is read, with how. */
  reads: (read: string[]) => Promise<void>;
  /** Called once the rows are gathered. */
  gathered: (rows: RetrainRows, data: string) => Promise<void>;
};

/**
 * Trains on base file and recorded rows what the champion is, compared with it on the newest rows, and publishes it. Returns the
 * release's number. Throws `JobEnd` where there is too little or nothing new, and `TrainingError`.
 */
export async function trainRelease(training: Training): Promise<number> {
  const { registry, champion, minRows, run, signal, log } = training;
  const folder = mkdtempSync(join(tmpdir(), 'coppice-retrain-'));
  const trainer = (args: readonly string[]) => run(args, { signal, onLine: (line) => isAdvice(line) || log(line) });
  try {
    const card = await cardOf(registry, champion);
    const prepared = join(folder, 'base');
    const read = [...(training.read ?? baseArguments(card))];
    await training.reads(read);
    await trainer([...(training.base ? ['--data', training.base] : []), ...read, '--prepare', prepared]);
    const base = readBase(prepared);
    const { train, test, rows, notes } = gatherRows(base, training.recorded);
    for (const note of notes) log(note);
    if (rows.recorded < minRows)
      throw new JobEnd('refused', `${rows.recorded} rows with feedback, ${minRows} needed (RETRAIN_MIN_ROWS).`);
    const texts = [train, test].map((one) => writeRows(base, one)) as [string, string];
    const data = createHash('sha256').update(texts[0]).update(texts[1]).digest('hex');
    const known = training.known.get(data);
    if (known !== undefined) throw new JobEnd('refused', `Nothing is new: job ${known} trained on the same rows.`);
    await training.gathered(rows, data);
    log(`${rows.train} rows to train (${rows.base} of ${base.file}), and the newest ${rows.test} to test`);
    const [trainFile, testFile, out] = ['and-record.csv', 'newest.csv', 'out'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(trainFile, texts[0]);
    writeFileSync(testFile, texts[1]);
    await trainer([
      ...['--data', trainFile, '--test', testFile, ...trainArguments(card, base, VERSION)],
      ...['--out', out, '--registry', training.place, '--force'],
    ]);
    return await published(registry, readFileSync(join(out, VERSION, MODEL_FILE)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cardOf(registry: Registry, number: number) {
  const bytes = await registry.file(await registry.release(number), CARD_FILE);
  const { data, error } = readModelCard(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (!data) throw new Error(`the card of release ${number} cannot be read: ${error?.message}`);
  return data;
}

/** The newest release with this model. */
async function published(registry: Registry, model: Uint8Array): Promise<number> {
  const sha256 = createHash('sha256').update(model).digest('hex');
  const found = (await registry.releases(20)).find(({ files }) => files[MODEL_FILE]?.sha256 === sha256);
  if (!found) throw new Error('the trainer published no release');
  return found.number;
}

/** What a person would do next, and this job does. */
const isAdvice = (line: string) => /^no version serves (it|them) yet: /.test(line);
