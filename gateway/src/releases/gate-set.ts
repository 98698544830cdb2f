import type { GateVerdict } from '@coppice/contract';
import type { KeptOut } from '../traffic/kept-out.ts';

/** What the gate knows of the registry: of its last state that could be read. */
export type GateKnowledge = {
  champion: number | null;
  /** The champion before the last promotion; null when there is none to go back to. */
  previous: number | null;
  /** The champion that a version served last: it answers until a version serves the present one. */
  servedChampion: number | null;
  verdicts: ReadonlyMap<number, GateVerdict>;
};

type Served = { version: string; release: number | null };

/**
 * The versions that the gate keeps out: those whose release is neither champion nor previous champion and has not passed.
 * A champion that is taken back or replaced goes on until a version serves the next one, which takes its server a second.
 * `known`: null while the registry was never read, and then every release is kept out. Versions without a release's number
 * are outside the gate.
 */
export function keptOutBy(served: readonly Served[], known: GateKnowledge | null, trouble: string | null): KeptOut {
  const reasons = new Map<string, string>();
  const former = formerChampion(served, known);
  for (const { version, release } of served) {
    const why = release === null ? null : releaseKeptOut(release, served, known, trouble);
    if (why !== null) reasons.set(version, why);
  }
  const serving = (number: number | null | undefined) =>
    number == null ? [] : served.filter(({ release }) => release === number).map(({ version }) => version);
  return { reasons, instead: [...serving(known?.champion), ...serving(former), ...serving(known?.previous)] };
}

/** Why the gate keeps a release out, without a full stop, whatever version it answers for; null: it does not. */
export function releaseKeptOut(
  release: number,
  served: readonly Served[],
  known: GateKnowledge | null,
  trouble: string | null,
): string | null {
  if (release === formerChampion(served, known)) return null;
  return whyOut(release, known, trouble)?.replace(/\.$/, '') ?? null;
}

/** The champion that goes on until a version serves the present one, or null. */
function formerChampion(served: readonly Served[], known: GateKnowledge | null): number | null {
  return known === null || served.some(({ release }) => release === known.champion) ? null : known.servedChampion;
}

function whyOut(release: number, known: GateKnowledge | null, trouble: string | null): string | null {
  if (!known)
    return `The gate keeps release ${release} out while the registry has not been read${trouble ? `: ${trouble}` : ''}`;
  if (exemption(release, known) !== null) return null;
  const verdict = known.verdicts.get(release);
  if (!verdict) return `The gate has not judged release ${release} yet`;
  return verdict.passed ? null : verdict.words;
}

/** Why a release gets its traffic whatever the gate says, or null. */
export function exemption(
  release: number,
  { champion, previous }: Pick<GateKnowledge, 'champion' | 'previous'>,
): 'champion' | 'previous champion' | null {
  if (release === champion) return 'champion';
  return release === previous ? 'previous champion' : null;
}
