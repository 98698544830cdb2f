import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { Version } from './version.ts';
import type { VersionsConfig } from './versions-config.ts';

const CHECK_MS = 1000;
/** The fleet checks a version that is starting more often, so that the first prediction need not wait. */
const STARTING_CHECK_MS = 100;
const STARTING_MS = 30_000;

type Dependencies = {
  metrics: GatewayMetrics;
  catalog: ModelCatalog;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

/** All versions, in version order. */
export class Fleet {
  readonly versions: readonly Version[];
  readonly #now: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(config: VersionsConfig, { metrics, catalog, log, now = Date.now }: Dependencies) {
    this.#now = now;
    this.versions = config.versions.map(
      (version) =>
        new Version(version, {
          upstream: config.upstream,
          catalog,
          log,
          metrics: metrics.forVersion(version.name),
          jobsUnderWay: () => this.versions.reduce((sum, { client }) => sum + client.jobs, 0),
          now,
        }),
    );
    catalog.onShape(({ classes }) => metrics.setClasses(classes));
  }

  find(name: string): Version | undefined {
    return this.versions.find((version) => version.name === name);
  }

  /** Checks each version's readiness, now and then every second. Resolves after the first round. */
  async start(): Promise<void> {
    const startedAt = this.#now();
    await Promise.all(this.versions.map((version) => this.#watch(version, startedAt)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.versions.map((version) => version.close()));
  }

  async #watch(version: Version, startedAt: number): Promise<void> {
    await version.check();
    if (this.#stopped) return;
    const starting = !version.ready && this.#now() - startedAt < STARTING_MS;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#watch(version, startedAt);
      },
      starting ? STARTING_CHECK_MS : CHECK_MS,
    );
    this.#timers.add(timer);
  }
}
