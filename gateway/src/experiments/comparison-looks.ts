import { hash } from 'node:crypto';
import type { ComparisonReport } from '@coppice/contract';
import type { Logger } from 'pino';
import type { Comparison } from '../comparison/comparison.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Leases } from '../storage/leases.ts';
import type { Experiments } from './experiments.ts';

const LOOK_MS = 10_000;
/** Longer than until the next look, so that one gateway keeps it. */
const LEASE_MS = 25_000;
const LEASE = 'comparison';

type Dependencies = {
  comparison: Pick<Comparison, 'look'>;
  experiments: Pick<Experiments, 'running' | 'endIfChanged'>;
  metrics: Pick<GatewayMetrics, 'compared'>;
  leases: Pick<Leases, 'hold' | 'release'>;
  log: Pick<Logger, 'info' | 'debug'>;
};

/**
 * Looks at the comparison every 10 seconds, whether or not anybody asks: sets the metrics, keeps first verdicts and slow
 * limits, and ends an experiment whose versions changed. One of several gateways keeps and ends.
 */
export class ComparisonLooks {
  readonly #deps: Dependencies;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;
  #stamp = '';

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Differs when the last look saw something else than the one before it. */
  get stamp(): string {
    return this.#stamp;
  }

  start(): void {
    this.#looking = this.look().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), LOOK_MS);
    });
  }

  /** Waits for the look under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    await this.#deps.leases.release(LEASE).catch(() => {});
  }

  /** Never rejects: while the database is away, the metrics stay as they are, and others say that it is. */
  async look(): Promise<void> {
    const { comparison, experiments, metrics, leases, log } = this.#deps;
    try {
      const keeps = await leases.hold(LEASE, LEASE_MS);
      const ended = keeps ? await experiments.endIfChanged() : null;
      if (ended) log.info({ experiment: ended.name, reason: ended.end_reason }, 'experiment ended');
      const running = experiments.running();
      const ofWeights = await comparison.look(null, keeps);
      const report = running ? await comparison.look(running, keeps) : ofWeights;
      metrics.compared(gaugesOf(report));
      this.#stamp = stampOf([ofWeights, report]);
    } catch (error) {
      log.debug({ err: error }, 'cannot look at the comparison');
    }
  }
}

/** Without the time of the look, and how long still, which changes with every second. */
function stampOf(reports: readonly ComparisonReport[]): string {
  const lasting = (name: string, value: unknown) => (name === 'until' || name === 'seconds' ? undefined : value);
  return hash('sha256', JSON.stringify(reports, lasting)).slice(0, 12);
}

/** What the metrics show of a report: differences with their intervals, and the checks; nothing that has not enough data. */
export function gaugesOf({ candidates }: ComparisonReport) {
  return {
    effects: candidates.flatMap(({ version, means, risks }) => [
      ...means.flatMap(({ metric, effect, interval }) =>
        effect === null || interval === null ? [] : [{ version, metric, effect, interval }],
      ),
      ...risks.flatMap(({ metric, difference, difference_interval: interval }) =>
        difference === null || interval === null ? [] : [{ version, metric, effect: difference, interval }],
      ),
    ]),
    checks: candidates.map(({ version, checks: { sample_ratio, feedback } }) => ({
      version,
      sampleRatio: alarmOf(sample_ratio.status),
      feedback: alarmOf(feedback.status),
    })),
  };
}

const alarmOf = (status: string) => (status === 'not enough data' ? null : status === 'alarm');
