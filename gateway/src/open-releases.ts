import type { ReportFile } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.ts';
import type { Control } from './control/control.ts';
import type { Gate } from './releases/gate.ts';
import { openGate } from './releases/open-gate.ts';
import { reportFile } from './releases/release-reports.ts';
import { Releases } from './releases/releases.ts';
import type { Serving } from './releases/serving.ts';
import { replayAgreement } from './replay/replay-agreement.ts';
import type { Leases } from './storage/leases.ts';
import type { LinkedDocuments } from './storage/linked-documents.ts';
import type { TrafficSplit } from './traffic/traffic-split.ts';
import type { Fleet } from './versions/fleet.ts';
import type { ModelCatalog } from './versions/model-catalog.ts';
import type { Version } from './versions/version.ts';

type Parts = {
  traffic: TrafficSplit<Version>;
  fleet: Fleet;
  catalog: ModelCatalog;
  control: Control;
  leases: Leases;
  documents: LinkedDocuments;
  log: Logger;
};

type Opened = {
  gate: Gate;
  releases: Releases;
  serving: () => Serving[];
  report: (release: number, name: ReportFile) => Promise<Uint8Array | null>;
};

/** The registry of the model that is served, with what judges and what promotes its releases. Opening it reads nothing. */
export async function openReleases(
  {
    modelName,
    releases: { registry: place },
    gate: gateConfig,
  }: Pick<GatewayConfig, 'modelName' | 'releases' | 'gate'>,
  { traffic, fleet, catalog, control, leases, documents, log }: Parts,
): Promise<Opened> {
  const registry = place === null ? null : await openRegistry(place, modelName);
  const gate = openGate(gateConfig, {
    ...{ traffic, fleet, catalog, now: Date.now, log },
    // the gate is off without a registry, and then asks for none
    registry: async () => registry as Registry,
    agreement: (release, live) => replayAgreement(documents, release, live),
  });
  const serving = () =>
    fleet.versions.map(({ name, ready }) => ({ version: name, release: catalog.releaseNumber(name), ready }));
  const releases = new Releases({
    ...{ control, serving, gate, registry, log, model: modelName },
    lookAgain: async (version) => fleet.find(version)?.lookAgain(),
    leases: { hold: (ms) => leases.hold('releases', ms), release: () => leases.release('releases') },
  });
  return { gate, releases, serving, report: (release, name) => reportFile(registry, release, name) };
}
