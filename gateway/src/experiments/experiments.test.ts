import type { ExperimentState } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../comparison/compare-versions.ts';
import type { ControlChange, Present } from '../control/control.ts';
import { ConflictError } from '../control/control-errors.ts';
import type { Storage } from '../storage/open-storage.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import { UnknownExperimentError } from './experiment-errors.ts';
import { Experiments } from './experiments.ts';

const now = Date.parse('2026-03-02T00:00:00Z');
const report = compareVersions(
  {
    ...{ experiment: 'one', baseline: 'v1', candidates: ['v2'], releases: {}, alpha: 0.05, metric: 'accuracy' },
    ...{ margin: null, effect: 0.02, outcomeGood: 'high', slowLimit: null, first: () => [], notes: [] },
  },
  [],
  { from: now, now },
);

/** Experiments on a control state and documents in memory; `changed`: the version that serves another release. */
function setUp(changed: string | null = null, { recorded = true } = {}) {
  let state: Present = {
    ...{ revision: 1, period: 5, weights: { v1: 1, v2: 1 }, shadow: null, experiment: null, rollout: null },
  };
  const audits: string[] = [];
  let fails = false;
  const documents = new Map<string, unknown>();
  const call = async (_store: string, method: string, [, name, value]: [string, string, unknown]) => {
    if (method === 'put') documents.set(name, value);
    return method === 'list'
      ? [...documents].map(([key, one]) => ({ name: key, value: one }))
      : (documents.get(name) ?? null);
  };
  const experiments = new Experiments({
    storage: { writer: { call, close: async () => {} } as unknown as Storage['writer'] },
    control: {
      state: () => state,
      async update(change, { who, action, reason }) {
        if (fails) throw new StorageUnavailableError('the database is away');
        const made: ControlChange = typeof change === 'function' ? change(state, 9) : change;
        audits.push(`${who}: ${action}: ${reason}`);
        state = { ...state, revision: state.revision + 1, experiment: made.experiment ?? null };
        return state;
      },
    },
    comparison: { ofExperiment: async () => report, changedIn: async () => changed },
    versions: ['v1', 'v2', 'v3'],
    recorded,
    now: () => now,
  });
  const start = (name: string) => experiments.start({ name, metric: 'accuracy', effect: 0.02, reason: 'x' }, 'admin');
  return {
    experiments,
    start,
    audits,
    lose: () => documents.clear(),
    change: (name: string, value: object) => documents.set(name, { ...(documents.get(name) as object), ...value }),
    state: () => state,
    fail: (on: boolean) => (fails = on),
  };
}

describe('an experiment', () => {
  it('begins in a period of its own, with the weights as they are', async () => {
    const { start, state } = setUp();
    await start('one');
    expect(state().experiment).toEqual({
      ...{ name: 'one', baseline: 'v1', candidates: ['v2'], metric: 'accuracy', margin: 0.02, effect: 0.02 },
      ...{ reason: 'x', who: 'admin', period: 9, started: '2026-03-02T00:00:00.000Z' },
    } satisfies ExperimentState);
  });

  it('ends by itself when a version of it changes, and says so in the audit', async () => {
    const { experiments, start, audits, state } = setUp('v2');
    expect(await experiments.endIfChanged()).toBeNull();
    await start('one');
    expect(await experiments.endIfChanged()).toMatchObject({ name: 'one', end: 'changed' });
    expect(state().experiment).toBeNull();
    expect(audits.at(-1)).toBe(
      'experiment: experiment one ended: v2 serves another release than at the start — Not enough data to compare v2 and v1 yet: 0 rows with feedback.',
    );
    await expect(experiments.stop('one', { reason: 'x' }, 'admin')).rejects.toThrow(
      'The experiment one has ended (changed).',
    );
  });

  it('does not begin where nothing is counted', async () => {
    const { start, state } = setUp(null, { recorded: false });
    await expect(start('one')).rejects.toThrow(
      new ConflictError('Predictions are not recorded (RECORD=off): an experiment would count nothing.'),
    );
    expect(state().experiment).toBeNull();
  });

  it('goes on while nothing changes', async () => {
    const { experiments, start, state } = setUp();
    await start('one');
    expect(await experiments.endIfChanged()).toBeNull();
    expect(state().experiment?.name).toBe('one');
  });

  it('still runs when its result was kept and its end was not', async () => {
    const { experiments, start, fail } = setUp();
    await start('one');
    fail(true);
    await expect(experiments.stop('one', { reason: 'x' }, 'admin')).rejects.toThrow(StorageUnavailableError);
    expect(await experiments.find('one')).toMatchObject({ ended: null, end: null, comparison: report });
    expect((await experiments.list()).experiments).toMatchObject([{ name: 'one', ended: null }]);
    fail(false);
    expect(await experiments.stop('one', { reason: 'now' }, 'admin')).toMatchObject({ end_reason: 'now' });
    await expect(start('one')).rejects.toThrow(ConflictError);
  });

  it('stays known, without its figures, when another release of the gateway kept them in another shape', async () => {
    const { experiments, start, change } = setUp();
    await start('one');
    await experiments.stop('one', { reason: 'enough' }, 'admin');
    change('one', { comparison: { experiment: 'one', candidates: [{ version: 'v2' }] } });
    expect(await experiments.find('one')).toMatchObject({ name: 'one', end_reason: 'enough', comparison: null });
    expect((await experiments.list()).experiments).toMatchObject([{ name: 'one', end: 'stopped' }]);
  });

  it('is unknown once nobody kept it', async () => {
    const { experiments, start, lose } = setUp();
    await start('one');
    await experiments.stop('one', { reason: 'x' }, 'admin');
    lose();
    await expect(experiments.find('one')).rejects.toThrow(UnknownExperimentError);
    expect(await experiments.list()).toEqual({ experiments: [] });
  });
});
