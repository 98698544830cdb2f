import type { ReleaseRow, ReleasesView, ServedRelease } from '@coppice/contract';
import { REPORT_FILE } from '@coppice/contract';
import type { Current, Registry } from '@coppice/registry/registry';
import type { RegistryState } from '@coppice/registry/registry-state';
import type { Release } from '@coppice/registry/release';
import type { CardIdentities } from './card-identities.ts';
import type { Gate } from './release-gate.ts';
import type { Serving } from './serving.ts';

/** The newest `limit` releases, and those that have an alias, had one before the last promotion, or are served. */
export async function shownReleases(
  registry: Pick<Registry, 'releases' | 'release'>,
  limit: number,
  { aliases, previous }: RegistryState,
  serving: readonly Serving[],
): Promise<Release[]> {
  const newest = await registry.releases(limit);
  const others = [
    ...Object.values(aliases),
    previous?.champion,
    previous?.challenger,
    ...serving.map((one) => one.release),
  ]
    .filter((number) => number != null)
    .filter((number, i, all) => all.indexOf(number) === i && !newest.some((release) => release.number === number));
  // a version may serve one that is pruned by now
  const older = await Promise.all(others.map((number) => registry.release(number).catch(() => null)));
  return [...newest, ...older.filter((release) => release !== null).sort((a, b) => b.number - a.number)];
}

/** Rows of `GET /releases`. Rejects while the registry is away. */
export async function releaseRows(
  releases: readonly Release[],
  { aliases, approvals, tags }: RegistryState,
  { cards, gate, serving }: { cards: CardIdentities; gate: Gate; serving: readonly Serving[] },
): Promise<ReleaseRow[]> {
  const identities = await cards.of(releases);
  const judged = new Set([aliases.challenger, ...serving.map(({ release }) => release)]);
  return Promise.all(
    releases.map(async ({ number, createdAt, createdBy, files, summary }, i) => ({
      number,
      created_at: createdAt,
      created_by: createdBy,
      aliases: Object.entries(aliases).flatMap(([alias, at]) => (at === number ? [alias as keyof typeof aliases] : [])),
      approval: approvals[number] ?? null,
      tags: tags[number] ?? {},
      algorithm: summary.algorithm,
      accuracy: summary.accuracy,
      test_rows: summary.testRows,
      features: summary.features,
      classes: summary.classes,
      card_sha256: identities[i] as string,
      report: Object.hasOwn(files, REPORT_FILE),
      gate: judged.has(number) ? await gate.verdict(number) : null,
    })),
  );
}

/** All of `GET /releases` but its rows. */
export function releasesHead(
  { revision, state }: Current,
  { serving, gate }: { serving: readonly Serving[]; gate: Gate },
): Omit<ReleasesView, 'registry' | 'model' | 'releases' | 'trouble'> {
  const { aliases, previous, pending, offers } = state;
  return {
    ...{ revision, ...aliases, previous, pending, ...(offers.length > 0 ? { offers } : {}) },
    ...{ serving: servedReleases(serving, aliases), gate: gate.settings() },
  };
}

/** Of two aliases for one release the first version has the champion's, and others the challenger's. */
export function servedReleases(
  serving: readonly Serving[],
  { champion, challenger }: RegistryState['aliases'],
): ServedRelease[] {
  return serving.map(({ version, release }, i) => {
    const has = release === null ? [] : [release === champion && 'champion', release === challenger && 'challenger'];
    const [one, other] = (i === 0 ? has : has.toReversed()) as ('champion' | 'challenger' | false)[];
    return { version, release, alias: one || other || null };
  });
}
