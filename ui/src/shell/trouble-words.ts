import type { VersionState } from '@coppice/contract';
import { momentTime, sharePercent } from '../parts/format.ts';

type State = Pick<VersionState, 'version' | 'share' | 'ready' | 'ejected' | 'reason'>;
/** When a version went away, in milliseconds; `exact`: this page saw it happen, otherwise it was away before. */
export type Away = { at: number; exact: boolean };

const isAway = ({ ready, ejected }: State) => !ready || ejected;

/** The versions that should get traffic and cannot, by name. */
export const awayVersions = (versions: readonly State[]) =>
  versions.filter((state) => state.share > 0 && isAway(state)).map(({ version }) => version);

/** "v2 down since 07:20, v1 carries 100 % instead of 50 %" for each version that is away, and why. Empty: nothing is wrong. */
export function troubleWords(
  versions: readonly State[],
  since: Readonly<Record<string, Away>>,
  now: number,
): { version: string; words: string; reason: string | null }[] {
  const carrying = carriers(versions);
  return versions
    .filter(({ version }) => awayVersions(versions).includes(version))
    .map(({ version, ejected, ready, reason }) => {
      const away = since[version];
      const when = away ? ` ${away.exact ? 'since' : 'since before'} ${momentTime(away.at, now)}` : '';
      return { version, words: `${version} ${ejected && ready ? 'ejected' : 'down'}${when}, ${carrying}`, reason };
    });
}

/** Who answers meanwhile: the others by their weights, as the gateway does it. */
function carriers(versions: readonly State[]): string {
  const present = versions.filter((state) => state.share > 0 && !isAway(state));
  if (present.length === 0) return 'no version with traffic is left';
  const left = present.reduce((sum, { share }) => sum + share, 0);
  const parts = present.map(
    ({ version, share }) =>
      `${version} ${present.length === 1 ? 'carries ' : ''}${sharePercent(share / left)} instead of ${sharePercent(share)}`,
  );
  return present.length === 1 ? `${parts[0]}` : `others carry its share: ${parts.join(', ')}`;
}
