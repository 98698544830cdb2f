import type { RegistryState } from '@coppice/registry/registry-state';
import type { Serving } from './serving.ts';

type Weights = Readonly<Record<string, number>>;
type Versions = readonly Pick<Serving, 'version' | 'release'>[];

/**
 * Weights once `release` is champion and the first version serves it: what else serves that release has none, and its share
 * goes to the first version. `versions` in their order.
 */
export function promotedWeights(weights: Weights, versions: Versions, release: number): Record<string, number> {
  return givenToFirst(weights, versions, (served) => served === release);
}

/**
 * Weights once the champion of before is back: those of before the promotion, except that what serves the release which is
 * taken out, or follows the challenger, has none. `before`: null if they are not known; `present` then counts.
 */
export function restoredWeights(
  before: Weights | null,
  present: Weights,
  versions: Versions,
  { champion, challenger }: RegistryState['aliases'],
): Record<string, number> {
  const named = before && Object.fromEntries(versions.map(({ version }) => [version, before[version] ?? 0]));
  return givenToFirst(
    named ?? present,
    versions,
    (served) => served !== null && (served === champion || served === challenger),
  );
}

function givenToFirst(
  weights: Weights,
  [first, ...others]: Versions,
  gives: (release: number | null) => boolean,
): Record<string, number> {
  if (!first) return { ...weights };
  const of = (version: string) => weights[version] ?? 0;
  const keeping = others.map(({ version, release }) => [version, gives(release) ? 0 : of(version)] as const);
  const kept = keeping.reduce((sum, [, weight]) => sum + weight, 0);
  const total = others.reduce((sum, { version }) => sum + of(version), of(first.version));
  return { [first.version]: kept === 0 ? 100 : total - kept, ...Object.fromEntries(keeping) };
}
