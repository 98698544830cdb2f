import type { FeatureValue, ModelCard, PredictionBatch } from '@coppice/contract';
import { disagreement } from './disagreement.ts';

/** Values that a search sends to each version: some 100 KB at most. */
const MOST_CELLS = 4000;
/** The first answer does not wait longer for a row worth showing. */
const PATIENCE_MS = 800;
const PAUSE_MS = 20;

type Deps = {
  /** None while they are not known yet. */
  versions(): readonly string[];
  ask(version: string, rows: FeatureValue[][]): Promise<PredictionBatch>;
  now?: () => number;
  pause?: (ms: number) => Promise<void>;
};

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** The row that the inputs start with: one of the card's on which the versions disagree, else its first one. Never rejects. */
export async function findStart(
  { rows, features }: Pick<ModelCard, 'rows' | 'features'>,
  { versions, ask, now = () => performance.now(), pause = wait }: Deps,
): Promise<FeatureValue[]> {
  const most = Math.max(1, Math.floor(MOST_CELLS / features.length));
  const step = Math.ceil(rows.length / most);
  const some = rows.filter((_, i) => i % step === 0).map((row) => row.features);
  const first = rows[0]?.features ?? [];
  const search = async () => {
    const end = now() + PATIENCE_MS;
    while (versions().length === 0 && now() < end) await pause(PAUSE_MS);
    const names = versions();
    if (names.length < 2) return first;
    const answers = await Promise.allSettled(names.map((version) => ask(version, some)));
    const given = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.predictions] : []));
    return some[disagreement(given) ?? 0] ?? first;
  };
  return Promise.race([search(), pause(PATIENCE_MS).then(() => first)]).catch(() => first);
}
