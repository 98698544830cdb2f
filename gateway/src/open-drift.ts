import type { Logger } from 'pino';
import { createDrift, type Drift } from './drift/drift.ts';
import type { DriftConfig } from './drift/drift-config.ts';
import type { FirstFound } from './drift/drift-since.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { PredictionRecord } from './record/record.ts';
import type { LinkedDocuments } from './storage/linked-documents.ts';
import type { RecentRow } from './storage/port/record-store.ts';
import type { Fleet } from './versions/fleet.ts';
import type { ModelCatalog } from './versions/model-catalog.ts';

type Parts = {
  catalog: ModelCatalog;
  fleet: Fleet;
  metrics: GatewayMetrics;
  record: Pick<PredictionRecord, 'recent'>;
  documents: LinkedDocuments;
  /** Whether the database can be read now. */
  readable: () => boolean;
  log: Pick<Logger, 'warn' | 'debug'>;
};

type Opened = {
  drift: Drift;
  /** Reads what the record and an earlier run know; to be awaited before the first request, so that no row counts twice. */
  read(): Promise<void>;
  /** Begins to look, and fills the window once the versions are known. */
  start(started: Promise<void>): void;
  stop(): void;
};

/** How soon the beginning of a drift is seen though nobody asks. */
const DRIFT_LOOK_MS = 10_000;

/** Drift of this gateway's predictions, with what outlives a restart: the window's rows, and since when there is drift. */
export function openDrift(
  config: DriftConfig,
  { catalog, fleet, metrics, record, documents, readable, log }: Parts,
): Opened {
  const drift = createDrift(config, {
    catalog: {
      shape: () => catalog.shape(),
      cards: () => fleet.versions.map(({ name }) => catalog.card(name)).filter((card) => card !== null),
      card: (version) => catalog.card(version),
    },
    metrics,
    date: Date.now,
    keep: (found) => void documents.put('drift', 'since', found).catch(notKept),
  });
  let recent: RecentRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  // rows that another model answered than the one that a version serves now say nothing about this one
  const ofNow = ({ version, release }: RecentRow) => {
    const now = catalog.release(version);
    return release === null || now === null || release === now;
  };
  return {
    drift,
    async read() {
      if (!readable()) return drift.resume({});
      recent = await record.recent(config.window).catch(notRefilled);
      drift.resume(((await documents.get('drift', 'since').catch(notKept)) ?? {}) as FirstFound);
    },
    start(started) {
      timer = setInterval(() => drift.look(), DRIFT_LOOK_MS);
      void Promise.all([catalog.known, started])
        .then(() => drift.refill(recent.filter(ofNow)))
        .catch(notRefilled)
        .finally(() => {
          recent = [];
        });
    },
    stop: () => clearInterval(timer),
  };

  function notKept(err: unknown) {
    log.debug({ err }, 'cannot keep since when there is drift');
    return null;
  }

  function notRefilled(err: unknown) {
    log.warn({ err }, 'cannot refill the drift window from the record');
    return [];
  }
}
