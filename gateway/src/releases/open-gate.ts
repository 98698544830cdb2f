import type { Registry } from '@coppice/registry/registry';
import type { Logger } from 'pino';
import type { TrafficSplit } from '../traffic/traffic-split.ts';
import type { Fleet } from '../versions/fleet.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import type { Version } from '../versions/version.ts';
import { Gate } from './gate.ts';
import type { GateConfig } from './gate-config.ts';
import type { GateSources } from './judge-release.ts';

type Deps = {
  /** Only asked while the gate is on. */
  registry: () => Promise<Registry>;
  traffic: Pick<TrafficSplit<Version>, 'keepOut' | 'keptOut' | 'keepOutReleases'>;
  fleet: Fleet;
  catalog: Pick<ModelCatalog, 'releaseNumber' | 'onAnnounced' | 'onRelease'>;
  agreement: GateSources['agreement'];
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
};

/** The gate in front of these versions. */
export function openGate(config: GateConfig, { registry, traffic, fleet, catalog, agreement, now, log }: Deps): Gate {
  const gate = new Gate({
    ...{ config, registry, agreement, now, log },
    versions: fleet.versions.map(({ name }) => name),
    served: (version) => catalog.releaseNumber(version),
    keepOut(keptOut) {
      const before = fleet.versions.filter(({ name }) => traffic.keptOut(name) !== null);
      traffic.keepOut(keptOut);
      // requests that it got a moment ago, and that wait for their batch, are no longer its own
      for (const version of fleet.versions)
        if (keptOut.reasons.has(version.name) && !before.includes(version)) version.client.failUnwanted();
    },
  });
  traffic.keepOutReleases((release) => gate.keptOut(release));
  catalog.onAnnounced((version, release) => gate.announced(version, release));
  catalog.onRelease(() => gate.released());
  return gate;
}

/** A version as rollouts see it: one that is kept out cannot get more traffic, and goes back if that lasts. */
export function seenThroughGate(version: Version | undefined, why: string | null, since: number | null) {
  if (!version || why === null) return version;
  const { ejectedUntil, ejections, unreadySince } = version;
  return { ready: false, reason: why, unreadySince: unreadySince ?? since, ejectedUntil, ejections };
}
