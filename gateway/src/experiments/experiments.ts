import {
  type ComparisonReport,
  type ExperimentList,
  type ExperimentStart,
  type ExperimentState,
  type ExperimentView,
  experimentView,
} from '@coppice/contract';
import { ACCURACY_MARGIN } from '../comparison/compare-versions.ts';
import type { Comparison } from '../comparison/comparison.ts';
import type { Control, Present } from '../control/control.ts';
import { ConflictError, InvalidChangeError } from '../control/control-errors.ts';
import type { Storage } from '../storage/open-storage.ts';
import { UnknownExperimentError } from './experiment-errors.ts';

const KIND = 'experiment';
const MOST_LISTED = 1000;

type Dependencies = {
  storage: Pick<Storage, 'writer'>;
  control: Pick<Control, 'state' | 'update'>;
  comparison: Pick<Comparison, 'ofExperiment' | 'changedIn'>;
  /** In their order. */
  versions: readonly string[];
  /** Whether predictions are recorded: nothing is counted otherwise. */
  recorded: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
};

type Stop = { reason: string; revision?: number | undefined };

/**
 * Named comparisons with a beginning and an end. The running one is part of the control state; ended ones keep their result
 * in the database. Everything rejects with `StorageUnavailableError` while that is unavailable.
 */
export class Experiments {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** The running one, or null. */
  running(): ExperimentState | null {
    return this.#deps.control.state().experiment;
  }

  /**
   * Starts one, in a new period: it counts nothing of before. Throws `InvalidChangeError` for versions that cannot be
   * compared, and `ConflictError` when one runs, nothing is recorded, the name was used, or `revision` is outdated.
   */
  async start(start: ExperimentStart, who: string): Promise<ExperimentView> {
    const { storage, control, versions, recorded, now } = this.#deps;
    if (!recorded)
      throw new ConflictError('Predictions are not recorded (RECORD=off): an experiment would count nothing.');
    refuseSecond(control.state().experiment);
    if (await storage.writer.call('documents', 'get', [KIND, start.name]))
      throw new ConflictError(`The name ${start.name} was used by an experiment that has ended: choose another one.`);
    const audit = { who, action: `experiment ${start.name} started`, reason: start.reason };
    const state = await control.update(
      (present, period) => {
        refuseSecond(present.experiment);
        const started = new Date(now()).toISOString();
        return { experiment: { ...stateOf(start, present, versions), who, period, started }, fresh: true };
      },
      audit,
      start.revision,
    );
    return this.#view(state.experiment as ExperimentState);
  }

  /** Ends the running one and keeps its result. Throws `UnknownExperimentError` and `ConflictError`. */
  async stop(name: string, { reason, revision }: Stop, who: string): Promise<ExperimentView> {
    const running = this.running();
    if (running?.name !== name) {
      const { end } = await this.find(name);
      throw new ConflictError(`The experiment ${name} has ended (${end}).`);
    }
    return this.#end(running, { end: 'stopped', reason, revision, who });
  }

  /** Ends the running one when a version of it serves another release than at the start: what follows is another comparison. */
  async endIfChanged(): Promise<ExperimentView | null> {
    const running = this.running();
    const changed = running && (await this.#deps.comparison.changedIn(running));
    if (!running || !changed) return null;
    const reason = `${changed} serves another release than at the start`;
    return this.#end(running, { end: 'changed', reason, who: 'experiment' });
  }

  /** One with its comparison. Throws `UnknownExperimentError`. */
  async find(name: string): Promise<ExperimentView> {
    const running = this.running();
    if (running?.name === name) return this.#view(running);
    const ended = endedIn(await this.#deps.storage.writer.call('documents', 'get', [KIND, name]));
    if (!ended) throw new UnknownExperimentError(`There is no experiment ${name}.`);
    return ended;
  }

  /** All, newest first. */
  async list(): Promise<ExperimentList> {
    const running = this.running();
    const kept = await this.#deps.storage.writer.call('documents', 'list', [KIND, MOST_LISTED]);
    const ended = kept.flatMap(({ name, value }) => (name === running?.name ? [] : (endedIn(value) ?? [])));
    const all = [...(running ? [{ ...running, ...NOT_ENDED }] : []), ...ended];
    return { experiments: all.map(({ comparison: _, ...one }) => one) };
  }

  async #end(
    state: ExperimentState,
    { end, reason, revision, who }: Stop & { end: 'stopped' | 'changed'; who: string },
  ): Promise<ExperimentView> {
    const { storage, control, comparison, now } = this.#deps;
    const report = await comparison.ofExperiment(state);
    const view = { ...state, ended: new Date(now()).toISOString(), end, end_reason: reason, comparison: report };
    // first the result: what is not yet ended in the control state still runs, and its end overwrites it
    await storage.writer.call('documents', 'put', [KIND, state.name, view]);
    await control.update(
      ({ experiment }) => {
        if (experiment?.name !== state.name) throw new ConflictError(`The experiment ${state.name} has ended.`);
        return { experiment: null };
      },
      { who, action: `experiment ${state.name} ended`, reason: resultOf(reason, report) },
      revision,
    );
    return view;
  }

  async #view(state: ExperimentState): Promise<ExperimentView> {
    return { ...state, ...NOT_ENDED, comparison: await this.#deps.comparison.ofExperiment(state) };
  }
}

const NOT_ENDED = { ended: null, end: null, end_reason: null, comparison: null };

/** What is kept of one; without its comparison if another release of the gateway kept that in another shape. */
function endedIn(value: unknown): ExperimentView | null {
  const whole = experimentView.safeParse(value);
  return whole.data ?? endedView.safeParse(value).data ?? null;
}
const endedView = experimentView.omit({ comparison: true }).transform((view) => ({ ...view, comparison: null }));

function refuseSecond(running: ExperimentState | null): void {
  if (running)
    throw new ConflictError(
      `The experiment ${running.name} runs: one runs at a time. Stop it before you start another one.`,
    );
}

/** The audit says what the result was. */
function resultOf(reason: string, { candidates }: ComparisonReport): string {
  return [reason, ...candidates.map(({ words }) => words)].join(' — ');
}

/** What a start means for the weights in force. Throws `InvalidChangeError`. */
function stateOf(start: ExperimentStart, { weights, shadow }: Present, versions: readonly string[]) {
  const { name, metric, effect, reason } = start;
  const weighted = versions.filter((version) => (weights[version] ?? 0) > 0);
  const baseline = start.baseline ?? (weighted[0] as string);
  if (!weighted.includes(baseline)) throw new InvalidChangeError(['baseline'], refusal(baseline, versions, weighted));
  // a shadow version answers the same rows without weight
  const comparable = versions.filter((version) => weighted.includes(version) || version === shadow);
  const candidates = start.candidates ?? comparable.filter((version) => version !== baseline);
  candidates.forEach((version, i) => {
    if (version === baseline) throw new InvalidChangeError(['candidates', String(i)], `is the baseline (${baseline})`);
    if (candidates.indexOf(version) !== i)
      throw new InvalidChangeError(['candidates', String(i)], `names ${version} twice`);
    if (!comparable.includes(version))
      throw new InvalidChangeError(['candidates', String(i)], refusal(version, versions, comparable));
  });
  if (candidates.length === 0)
    throw new InvalidChangeError(
      ['candidates'],
      `is empty: only ${baseline} has weight, so give another version some first`,
    );
  const margin = start.margin ?? (metric === 'accuracy' ? ACCURACY_MARGIN : null);
  return { name, baseline, candidates, metric, margin, effect, reason };
}

function refusal(version: string, versions: readonly string[], allowed: readonly string[]): string {
  return versions.includes(version)
    ? `names ${version}, which has no weight; those with weight are ${allowed.join(', ')}`
    : `names an unknown version (${version}); the versions with weight are ${allowed.join(', ')}`;
}
