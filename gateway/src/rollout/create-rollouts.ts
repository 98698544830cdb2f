import type { RolloutProof } from '@coppice/contract';
import type { Logger } from 'pino';
import type { Control } from '../control/control.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { DocumentStore, EpochCells } from '../storage/port/comparison-store.ts';
import { type Proof, type ProofPair, pairedProof } from './paired-proof.ts';
import type { Promoter } from './promote-at-end.ts';
import type { RolloutConfig } from './rollout-config.ts';
import { RolloutController, type RolloutStore } from './rollout-controller.ts';
import { rolloutPhase } from './rollout-phase.ts';
import { Rollouts } from './rollouts.ts';
import type { WatchedVersion } from './watched-version.ts';

/** The parts of the database that a rollout uses. All reject while it is away. */
export type RolloutStores = {
  epochs(from: number, to: number): Promise<EpochCells[]>;
  documents: { [M in 'get' | 'put']: (...args: Parameters<DocumentStore[M]>) => Promise<unknown> };
  /** As `RolloutStore` has it. */
  slowLimit: RolloutStore['slowLimit'];
  hold(ms: number): Promise<boolean>;
  release(): Promise<void>;
};

type Deps = {
  config: RolloutConfig;
  control: Control;
  stores: RolloutStores;
  /** Whether predictions are recorded at all, and whether that works now. */
  recorded: boolean;
  writable: () => boolean;
  find: (version: string) => WatchedVersion | undefined;
  release: (version: string) => string | null;
  /** The newest replay of the candidate's release, judged against the baseline; null: there is none. */
  replayProof: (pair: ProofPair) => Promise<Proof | null>;
  promoter: Promoter;
  lookAgain: () => Promise<void>;
  outcomeGood: 'high' | 'low';
  metrics: GatewayMetrics;
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
};

/** The kind of document that keeps, by the period in which a rollout began, what the last look at it saw. */
const LOOK = 'rollout';
/** How far back rows count as paired proof. */
const PROOF_MS = 30 * 24 * 3_600_000;

/** Rollouts of this gateway: what people do with them, and the controller that looks at a running one. */
export function createRollouts(deps: Deps): { rollouts: Rollouts; controller: RolloutController } {
  const { config, control, stores, writable, find, release, promoter, outcomeGood, metrics, now, log } = deps;
  const { epochs, documents, slowLimit, hold } = stores;
  metrics.beforeScrape(() => {
    const { rollout } = control.state();
    const ended = rollout?.state === 'done' || rollout?.state === 'rolled_back';
    metrics.rollouts.last(
      rollout && { version: rollout.version, phase: rolloutPhase(rollout), percent: ended ? null : rollout.percent },
    );
  });
  const controller = new RolloutController({
    ...{ control, writable, find, release, promoter, outcomeGood, now, log },
    metrics: metrics.rollouts,
    lookMs: config.lookMs,
    lease: { hold, release: stores.release },
    store: {
      epochs: (from) => epochs(from, Number.MAX_SAFE_INTEGER),
      kept: (period) => documents.get(LOOK, String(period)),
      keep: async (period, record) => void (await documents.put(LOOK, String(period), record)),
      slowLimit,
    },
  });
  const proofOf: Record<RolloutProof, ConstructorParameters<typeof Rollouts>[0]['proofOf']> = {
    replay: (_, pair) => deps.replayProof(pair),
    paired: async (_, pair) => pairedProof(await epochs(now() - PROOF_MS, Number.MAX_SAFE_INTEGER), pair),
  };
  const rollouts = new Rollouts({
    ...{ control, controller, config, find, release, promoter, now, lookAgain: deps.lookAgain },
    recorded: deps.recorded,
    proofOf: (kind, pair) => proofOf[kind](kind, pair),
  });
  return { rollouts, controller };
}
