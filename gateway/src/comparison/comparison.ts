import type { ComparisonReport, ExperimentState, PerformanceReport } from '@coppice/contract';
import type { CurrentEpoch } from '../accounting/current-epoch.ts';
import type { Storage } from '../storage/open-storage.ts';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import { ACCURACY_EFFECT, ACCURACY_MARGIN, type ComparisonPlan, compareVersions } from './compare-versions.ts';
import { comparePeriod, epochPerformance, MOST_EPOCHS } from './epoch-performance.ts';
import { KeptVerdicts } from './kept-verdicts.ts';
import { firstReleases, knownReleases, type Releases, releasesInForce } from './pair-epochs.ts';
import { keptSlowLimit } from './slow-limit.ts';

/** A report is as old as this at most. */
const FRESH_MS = 1000;
const FOR_EVER = Number.MAX_SAFE_INTEGER;

type Dependencies = {
  storage: Pick<Storage, 'writer' | 'reader'>;
  epoch: Pick<CurrentEpoch, 'now'>;
  /** In their order: the first one with weight is the baseline. */
  versions: readonly string[];
  /** The version that gets copies, or null. */
  shadow: () => string | null;
  alpha: number;
  outcomeGood: 'high' | 'low';
  /** Whether predictions are recorded: nothing is counted otherwise. */
  recorded: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
};

/** What a report is about: the weights in force, or an experiment. */
type Subject = {
  /** Names what is kept of it. */
  scope: string;
  /** Its first and last period. */
  from: number;
  to: number;
  plan: Pick<ComparisonPlan, 'experiment' | 'baseline' | 'candidates' | 'metric' | 'margin' | 'effect' | 'notes'>;
  releases: (epochs: readonly EpochCells[], now: Releases) => Releases;
};

/** Compares versions by what the database has counted. Reports are computed once a second at most, whoever asks. */
export class Comparison {
  readonly #deps: Dependencies;
  readonly #verdicts: KeptVerdicts;
  /** Slow limits, once known: they do not change. */
  readonly #limits = new Map<string, number>();
  readonly #reports = new Map<string, { at: number; report: Promise<ComparisonReport> }>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#verdicts = new KeptVerdicts(deps.storage);
  }

  /** The versions since the weights in force began. Rejects with `StorageUnavailableError`. */
  ofWeights(): Promise<ComparisonReport> {
    return this.#fresh(this.#weightsInForce());
  }

  /** The versions since an experiment began. Rejects with `StorageUnavailableError`. */
  ofExperiment(state: ExperimentState): Promise<ComparisonReport> {
    return this.#fresh(ofExperiment(state));
  }

  /** Figures by epoch of a period, and the versions compared within its epochs. Milliseconds since the epoch. */
  async ofPeriod(since: number, until: number): Promise<Pick<PerformanceReport, 'epochs' | 'comparison'>> {
    const { storage, now, ...options } = this.#deps;
    const epochs = await storage.reader.call('comparison', 'epochsBetween', [since, until, MOST_EPOCHS]);
    return { epochs: epochPerformance(epochs), comparison: comparePeriod(epochs, { ...options, now: now() }) };
  }

  /** The first version of an experiment that serves another release than at its beginning, or null. */
  async changedIn({ period, baseline, candidates }: ExperimentState): Promise<string | null> {
    const epochs = await this.#epochs(period, FOR_EVER);
    const { releases } = this.#deps.epoch.now;
    return [baseline, ...candidates].find((version) => knownReleases(epochs, version, releases).size > 1) ?? null;
  }

  /** Reads what is kept of a comparison, and with `keep` adds what is new. Rejects with `StorageUnavailableError`. */
  async look(state: ExperimentState | null, keep: boolean): Promise<ComparisonReport> {
    const { storage, epoch } = this.#deps;
    const { scope, from, to, plan, releases } = state ? ofExperiment(state) : this.#weightsInForce();
    const { baseline, candidates } = plan;
    const epochs = await this.#epochs(from, to);
    const limit = limitName(from, baseline);
    if (!this.#limits.has(limit) && candidates.length > 0) {
      const bucket = await keptSlowLimit(storage, { period: from, baseline }, epochs);
      if (bucket !== null) this.#limits.set(limit, bucket);
    }
    // first what is kept: the report has it
    for (const candidate of candidates) await this.#verdicts.read({ scope, candidate, baseline });
    const report = await (state ? this.ofExperiment(state) : this.ofWeights());
    if (keep) await this.#verdicts.keep(scope, report, releases(epochs, epoch.now.releases));
    return report;
  }

  #fresh(subject: Subject): Promise<ComparisonReport> {
    const { now, epoch } = this.#deps;
    const name = JSON.stringify([subject.scope, subject.plan, epoch.now]);
    const known = this.#reports.get(name);
    if (known && now() - known.at < FRESH_MS && now() >= known.at) return known.report;
    const report = this.#compute(subject);
    // those of other subjects are old by now, or of an experiment, which costs a second computation a second
    for (const [other, { at }] of this.#reports) if (now() - at >= FRESH_MS) this.#reports.delete(other);
    this.#reports.set(name, { at: now(), report });
    report.catch(() => this.#reports.delete(name));
    return report;
  }

  async #compute({ scope, from, to, plan, releases }: Subject): Promise<ComparisonReport> {
    const { alpha, outcomeGood, epoch, now } = this.#deps;
    const epochs = plan.candidates.length > 0 ? await this.#epochs(from, to) : [];
    const { baseline } = plan;
    const served = releases(epochs, epoch.now.releases);
    return compareVersions(
      {
        ...plan,
        ...{ alpha, outcomeGood, releases: served },
        slowLimit: this.#limits.get(limitName(from, baseline)) ?? null,
        first: (candidate) => this.#verdicts.of({ scope, candidate, baseline }, served),
      },
      epochs,
      { from, now: now() },
    );
  }

  #weightsInForce(): Subject {
    const { epoch, versions, shadow, recorded } = this.#deps;
    const { period, weights } = epoch.now;
    const [baseline, ...others] = versions.filter((version) => (weights[version] ?? 0) > 0);
    const copied = shadow();
    const candidates = copied === null || copied === baseline || others.includes(copied) ? others : [...others, copied];
    return {
      scope: String(period),
      from: period,
      to: period,
      plan: {
        ...{ experiment: null, baseline: baseline ?? '', candidates },
        ...{ metric: 'accuracy', margin: ACCURACY_MARGIN, effect: ACCURACY_EFFECT },
        notes: notesOf({ recorded, baseline, candidates }),
      },
      releases: releasesInForce,
    };
  }

  #epochs(from: number, to: number): Promise<EpochCells[]> {
    return this.#deps.storage.reader.call('comparison', 'epochs', [from, to]);
  }
}

function ofExperiment({ name, baseline, candidates, metric, margin, effect, period }: ExperimentState): Subject {
  return {
    scope: `experiment/${name}`,
    from: period,
    to: FOR_EVER,
    plan: { experiment: name, baseline, candidates, metric, margin, effect, notes: [] },
    releases: firstReleases,
  };
}

function notesOf(of: { recorded: boolean; baseline: string | undefined; candidates: readonly string[] }): string[] {
  const { recorded, baseline, candidates } = of;
  if (!recorded) return ['Predictions are not recorded (RECORD), so nothing is counted.'];
  if (candidates.length === 0) return [`Only ${baseline} has weight: there is nothing to compare it with.`];
  return [];
}

const limitName = (period: number, baseline: string) => `${period}:${baseline}`;
