// Over 300 lines: gateways on a shared database, and all that may happen to a rollout on them.
import type { RolloutState } from '@coppice/contract';
import { emptyBucketed } from '@coppice/statistics/bucketed';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { CurrentEpoch } from '../accounting/current-epoch.ts';
import { Control } from '../control/control.ts';
import { ConflictError } from '../control/control-errors.ts';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import type { AuditedChange, ControlState, ControlStore } from '../storage/port/control-store.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import { TrafficSplit } from '../traffic/traffic-split.ts';
import { RolloutController, type RolloutDeps } from './rollout-controller.ts';
import { Rollouts } from './rollouts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const releases = { v1: 'a', v2: 'b' };
const log = pino({ level: 'silent' });

/** A database in memory that gateways share, with what each of them would count in it. */
class SharedDatabase {
  away = false;
  state: ControlState | null = null;
  readonly audit: AuditedChange[] = [];
  readonly documents = new Map<string, unknown>();
  readonly epochs: EpochCells[] = [];
  holder: string | null = null;
  readonly listeners: ((state: ControlState) => void)[] = [];

  /** Runs `work`, as long as the database is there. */
  async reach<T>(work: () => T): Promise<T> {
    if (this.away) throw new StorageUnavailableError('away');
    return work();
  }

  control(): ControlStore {
    return {
      load: async () => this.state,
      save: async (next, change) => {
        if (this.state && this.state.revision !== next.revision - 1) return false;
        this.state = structuredClone(next);
        this.audit.push(change);
        for (const listener of this.listeners) listener(this.state);
        return true;
      },
      audit: async () => [],
      onChange: (listener) => void this.listeners.push(listener),
    };
  }

  /** Requests by user and by time since the weights in force were set. */
  count(version: string, n: number, errors = 0): void {
    const { period, weights } = this.state as ControlState;
    let epoch = this.epochs.find((one) => one.period === period);
    if (!epoch) {
      epoch = { id: 1, period, weights, releases, started: 0, updated: 0, cells: [], latencies: [] };
      this.epochs.push(epoch);
    }
    for (const [metric, sum] of [
      ['assigned', n],
      ['errors', errors],
    ] as const) {
      let cell = epoch.cells.find((one) => one.version === version && one.metric === metric);
      if (!cell) {
        cell = { version, metric, against: '', ...emptyBucketed() };
        epoch.cells.push(cell);
      }
      for (let bucket = 0; bucket < 64; bucket++) {
        cell.n[bucket] = (cell.n[bucket] as number) + n / 64;
        cell.sum[bucket] = (cell.sum[bucket] as number) + sum / 64;
        cell.squares[bucket] = (cell.squares[bucket] as number) + sum / 64;
      }
    }
  }
}

/** A registry whose promotion may fail. */
class FakeRegistry {
  champion = 1;
  challenger = 2;
  trouble: string | null = null;
  tries = 0;

  async promotable() {
    if (this.trouble !== null) throw new ConflictError(this.trouble);
    return this.challenger;
  }

  async aliases() {
    return { champion: this.champion, challenger: this.challenger };
  }

  async promote(release: number) {
    this.tries++;
    if (this.trouble !== null) throw new ConflictError(this.trouble);
    this.champion = release;
  }
}

let database: SharedDatabase;
let registry: FakeRegistry;
let now: number;
beforeEach(() => {
  database = new SharedDatabase();
  registry = new FakeRegistry();
  now = Date.parse('2026-01-01');
});

/** A gateway with v1 and v2; `name` identifies it among those on the database. */
async function start(name = 'a', weights: Record<string, number> = { v1: 100, v2: 0 }) {
  const seen = {
    ready: true,
    reason: null as string | null,
    unreadySince: null as number | null,
    ejectedUntil: null,
    ejections: 0,
  };
  const versions = ['v1', 'v2'].map((version) => ({
    name: version,
    available: true,
    mayRisk: false,
    required: [],
    unfitRequests: 0,
    ...seen,
  }));
  const traffic = new TrafficSplit({ versions, weights, salt: 'iris' });
  const control = new Control({
    ...{ model: 'iris', traffic, store: database.control(), environment: { weights, shadow: null } },
    ...{ auth: { api_key: false, admin: true }, epoch: new CurrentEpoch(['v1', 'v2']), now: () => now, log },
  });
  await control.start();
  const violated: string[][] = [];
  const deps: RolloutDeps = {
    control,
    store: {
      epochs: (from) => database.reach(() => database.epochs.filter(({ period }) => period >= from)),
      kept: (period) => database.reach(() => structuredClone(database.documents.get(`${period}`) ?? null)),
      keep: (period, record) => database.reach(() => void database.documents.set(`${period}`, structuredClone(record))),
      slowLimit: async () => null,
    },
    writable: () => !database.away,
    lease: {
      hold: () =>
        database.reach(() => {
          database.holder ??= name;
          return database.holder === name;
        }),
      release: async () => {
        if (database.holder === name) database.holder = null;
      },
    },
    find: (version) => (version === 'v2' ? seen : { ...seen, ready: true }),
    release: (version) => releases[version as 'v1' | 'v2'] ?? null,
    metrics: {
      guardrails: (all) => void violated.push(all.filter((one) => one.violated).map((one) => one.name)),
    },
    promoter: registry,
    ...{ outcomeGood: 'high', lookMs: 10 * SECOND, now: () => now, log },
  };
  const controller = new RolloutController(deps);
  const rollouts = new Rollouts({
    lookAgain: async () => {},
    ...{ control, controller, recorded: true, now: deps.now, find: deps.find, release: deps.release },
    promoter: registry,
    config: { steps: [1, 10, 50], stepMinutes: 5, stepRequests: 100, lookMs: 10 * SECOND },
    proofOf: async () => null,
  });
  return {
    ...{ control, controller, rollouts, seen, traffic, violated },
    rollout: () => control.state().rollout as RolloutState,
    /** Looks every 10 seconds for so long. */
    async pass(ms: number) {
      for (const end = now + ms; now < end; ) {
        now += 10 * SECOND;
        await controller.look();
      }
    },
  };
}
type Gateway = Awaited<ReturnType<typeof start>>;

const begin = ({ rollouts }: Gateway) => rollouts.start({ version: 'v2', reason: 'fresh data' }, 'admin');
/** So many requests of the candidate, with errors; the baseline gets its share and makes none. */
const traffic = (n: number, errors = 0) => {
  const { v1 = 0, v2 = 1 } = (database.state as ControlState).weights;
  database.count('v1', (n * v1) / v2);
  database.count('v2', n, errors);
};

describe('a rollout that promotes', () => {
  const toTheEnd = async (gateway: Gateway) => {
    await gateway.rollouts.start({ version: 'v2', reason: 'fresh data', promote: true }, 'admin');
    await gateway.rollouts.command('promote', { step: 100, version: 'v2', reason: 'sure' }, 'admin');
  };
  const last = (gateway: Gateway) => {
    const { promote, moves, state } = gateway.rollout();
    return { state, promote, reason: moves.at(-1)?.reason };
  };

  it("makes the candidate's release champion when it is done, once", async () => {
    const gateway = await start();
    await toTheEnd(gateway);
    expect(last(gateway)).toMatchObject({ state: 'done', promote: { release: 2, state: 'waits' }, reason: 'sure' });
    await gateway.pass(30 * SECOND);
    expect(last(gateway)).toEqual({
      ...{ state: 'done', promote: { release: 2, state: 'promoted' }, reason: 'release 2 is champion' },
    });
    expect(registry.tries).toBe(1);
    expect((await gateway.rollouts.report()).rollout?.words).toBe('Done: release 2 of v2 became champion.');
    registry.champion = 1;
    await gateway.control.patch({ weights: { v1: 100, v2: 0 }, reason: 'taken back' }, 'admin');
    await gateway.pass(30 * SECOND);
    expect([registry.tries, registry.champion, last(gateway).promote?.state]).toEqual([1, 1, 'promoted']);
  });

  it('does not start when the release may not be promoted', async () => {
    const gateway = await start();
    registry.trouble = 'Release 2 cannot be promoted: release 2 is not approved.';
    await expect(toTheEnd(gateway)).rejects.toThrow(registry.trouble);
    expect(gateway.control.state().rollout).toBeNull();
  });

  it('keeps why it fails, once, and tries again until it works', async () => {
    const gateway = await start();
    await toTheEnd(gateway);
    registry.trouble = 'Release 2 is not promoted: the gate refuses it.';
    await gateway.pass(50 * SECOND);
    expect(last(gateway)).toEqual({
      ...{ state: 'done', promote: { release: 2, state: 'waits' } },
      reason: 'release 2 is not promoted yet: the gate refuses it',
    });
    expect(registry.tries).toBe(5);
    expect(gateway.rollout().moves.filter(({ who }) => who === 'rollout')).toHaveLength(1);
    registry.trouble = null;
    await gateway.pass(10 * SECOND);
    expect(last(gateway).promote?.state).toBe('promoted');
  });

  it('gives up when a person sets other weights, and one that rolled back never promotes', async () => {
    const gateway = await start();
    await toTheEnd(gateway);
    registry.trouble = 'not now';
    await gateway.pass(10 * SECOND);
    await gateway.control.patch({ preset: 'rollback', reason: 'no' }, 'admin');
    registry.trouble = null;
    await gateway.pass(30 * SECOND);
    expect(last(gateway)).toMatchObject({ state: 'done', promote: { state: 'over' } });
    await gateway.rollouts.start({ version: 'v2', reason: 'again', promote: true }, 'admin');
    await gateway.rollouts.command('abort', { reason: 'no' }, 'admin');
    await gateway.pass(30 * SECOND);
    expect(last(gateway)).toMatchObject({ state: 'rolled_back', promote: { state: 'waits' } });
    expect(registry.champion).toBe(1);
  });
});

describe('the controller', () => {
  it('goes from step to step to the end, each in one save with weights, state and numbers', async () => {
    const gateway = await start();
    await begin(gateway);
    expect(database.state).toMatchObject({ weights: { v1: 99, v2: 1 }, rollout: { state: 'running', percent: 1 } });
    for (const weights of [
      { v1: 90, v2: 10 },
      { v1: 50, v2: 50 },
      { v1: 0, v2: 100 },
    ]) {
      traffic(400);
      await gateway.pass(6 * MINUTE);
      expect(gateway.traffic.weights()).toEqual(weights);
    }
    expect(gateway.rollout()).toMatchObject({ state: 'done', percent: 100 });
    expect(database.audit.map(({ who, action }) => `${who}: ${action}`)).toEqual([
      'environment: weights',
      'admin: rollout start',
      'rollout: rollout step',
      'rollout: rollout step',
      'rollout: rollout done',
    ]);
    expect(database.audit.at(-1)?.reason).toMatch(/^50 % for 5 minutes with 400 requests: errors: v2 0\.00 % of 1,200/);
    expect(gateway.rollout().moves.map(({ percent }) => percent)).toEqual([1, 10, 50, 100]);
  });

  it('takes the traffic back when a guardrail is violated, and never goes on from there', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(6400, 640);
    await gateway.pass(10 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'rolled_back', percent: 0 });
    expect(gateway.traffic.weights()).toEqual({ v1: 100, v2: 0 });
    traffic(6400);
    await gateway.pass(30 * MINUTE);
    expect(database.state?.revision).toBe(3);
    expect((await gateway.rollouts.report()).rollout).toMatchObject({
      words: expect.stringMatching(/^Rolled back: v2 has no traffic: errors violated: v2 10\.00 % of 6,400/),
      look: { failed: 640, guardrails: [{ name: 'errors', status: 'violated' }, {}, {}] },
    });
  });

  it('shows and uses nothing of the rollout before, however soon another one starts', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(6400, 640);
    await gateway.pass(10 * SECOND);
    await begin(gateway);
    expect((await gateway.rollouts.report()).rollout).toMatchObject({ state: 'running', look: null });
    database.away = true;
    await gateway.pass(30 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'running' });
    expect((await gateway.rollouts.report()).rollout?.look?.guardrails).toEqual([]);
  });

  it('does not show what the step before waited for as that of the present one', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(70);
    await gateway.pass(2 * MINUTE);
    await gateway.rollouts.command('promote', { reason: 'sure' }, 'admin');
    expect((await gateway.rollouts.report()).rollout).toMatchObject({
      words: 'Running: v2 has 10 % of the traffic that it and v1 share, step 2 of 4.',
      look: { waits: null, step_seconds: 0, step_requests: 0 },
    });
  });

  it('waits without traffic, and pauses itself after a day', async () => {
    const gateway = await start();
    await begin(gateway);
    await gateway.pass(23.9 * 60 * MINUTE);
    expect(gateway.rollout()).toMatchObject({ state: 'running', step: 0 });
    expect((await gateway.rollouts.report()).rollout?.words).toContain('so far 0 of 100 requests');
    await gateway.pass(10 * MINUTE);
    expect(gateway.rollout()).toMatchObject({ state: 'paused', paused_by: 'self', percent: 1 });
    await gateway.rollouts.command('resume', { reason: 'traffic comes' }, 'admin');
    traffic(400);
    await gateway.pass(6 * MINUTE);
    expect(gateway.rollout()).toMatchObject({ state: 'running', percent: 10 });
  });

  it('stands still while the candidate is not ready, and takes the traffic back after a minute', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(400);
    await gateway.pass(4 * MINUTE);
    Object.assign(gateway.seen, { ready: false, reason: 'no answer', unreadySince: now });
    await gateway.pass(50 * SECOND);
    Object.assign(gateway.seen, { ready: true, reason: null, unreadySince: null });
    await gateway.pass(60 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'running', step: 0 });
    await gateway.pass(20 * SECOND);
    expect(gateway.rollout()).toMatchObject({ step: 1 });
    Object.assign(gateway.seen, { ready: false, reason: 'no answer', unreadySince: now });
    await gateway.pass(60 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'rolled_back' });
  });

  it('counts ejections by step', async () => {
    const gateway = await start();
    await begin(gateway);
    gateway.seen.ejections = 1;
    traffic(400);
    await gateway.pass(6 * MINUTE);
    expect(gateway.rollout()).toMatchObject({ state: 'running', step: 1 });
    gateway.seen.ejections = 2;
    await gateway.pass(10 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'running' });
    gateway.seen.ejections = 3;
    await gateway.pass(10 * SECOND);
    expect(gateway.rollout()).toMatchObject({ state: 'rolled_back' });
  });

  it('goes on after a restart where it was, without the time that it was down', async () => {
    const before = await start();
    await begin(before);
    traffic(400);
    before.seen.ejections = 1;
    await before.pass(4 * MINUTE);
    // no stop: it was killed
    database.listeners.length = 0;
    database.holder = null;
    now += 3 * 60 * MINUTE;
    const after = await start('b');
    await after.pass(50 * SECOND);
    expect(after.rollout()).toMatchObject({ state: 'running', step: 0 });
    await after.pass(40 * SECOND);
    expect(after.rollout()).toMatchObject({ state: 'running', step: 1 });
  });

  it('remembers an ejection of before the restart', async () => {
    const before = await start();
    await begin(before);
    await before.pass(10 * SECOND);
    before.seen.ejections = 1;
    await before.pass(10 * SECOND);
    await before.controller.stop();
    const after = await start('b');
    await after.pass(10 * SECOND);
    after.seen.ejections = 1;
    await after.pass(10 * SECOND);
    expect(after.rollout()).toMatchObject({ state: 'rolled_back' });
  });
});

describe("a person's change", () => {
  it('wins, and from then on a violated guardrail only alerts', async () => {
    const gateway = await start();
    await begin(gateway);
    await gateway.control.patch({ weights: { v1: 1, v2: 1 }, reason: 'half' }, 'admin');
    expect(gateway.rollout()).toMatchObject({ state: 'paused', paused_by: 'human' });
    traffic(6400, 640);
    await gateway.pass(10 * MINUTE);
    expect(gateway.traffic.weights()).toEqual({ v1: 1, v2: 1 });
    expect(gateway.rollout()).toMatchObject({ state: 'paused', paused_by: 'human' });
    expect(gateway.violated.at(-1)).toEqual(['errors']);
  });

  it('is found at the next look when weights came into force in another way', async () => {
    const gateway = await start();
    await begin(gateway);
    gateway.traffic.setWeights({ v1: 3, v2: 1 });
    await gateway.pass(10 * SECOND);
    expect(database.state).toMatchObject({ weights: { v1: 3, v2: 1 }, rollout: { paused_by: 'human' } });
  });

  it('is not undone by a decision that was on its way', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(400);
    await gateway.pass(4 * MINUTE);
    now += 2 * MINUTE;
    await Promise.all([
      gateway.control.patch({ weights: { v1: 3, v2: 1 }, reason: 'mine' }, 'admin'),
      gateway.controller.look(),
    ]);
    expect(database.state).toMatchObject({ weights: { v1: 3, v2: 1 }, rollout: { paused_by: 'human' } });
  });
});

describe('while the database is away', () => {
  it('nothing passes, the clock stands, and it says why', async () => {
    const gateway = await start();
    await begin(gateway);
    traffic(400);
    await gateway.pass(4 * MINUTE);
    database.away = true;
    await gateway.pass(30 * MINUTE);
    expect(gateway.rollout()).toMatchObject({ state: 'running', step: 0 });
    expect((await gateway.rollouts.report()).rollout?.words).toContain('held: the record cannot be written');
    database.away = false;
    await gateway.pass(50 * SECOND);
    expect(gateway.rollout()).toMatchObject({ step: 0 });
    await gateway.pass(40 * SECOND);
    expect(gateway.rollout()).toMatchObject({ step: 1 });
  });

  it('the candidate still goes out', async () => {
    const gateway = await start();
    await begin(gateway);
    await gateway.pass(10 * SECOND);
    database.away = true;
    gateway.seen.ejections = 2;
    await gateway.pass(10 * SECOND);
    expect(gateway.traffic.weights()).toEqual({ v1: 100, v2: 0 });
  });
});

describe('of several gateways', () => {
  it('one looks, and another one takes over with the clock where it was', async () => {
    const a = await start('a');
    const b = await start('b');
    await begin(b);
    traffic(400);
    for (let i = 0; i < 12; i++) {
      await a.pass(10 * SECOND);
      await b.controller.look();
    }
    expect(b.rollout()).toMatchObject({ state: 'running', step: 0 });
    expect((await b.rollouts.report()).rollout?.look).toMatchObject({ step_requests: 400 });
    await a.controller.stop();
    await b.pass(2 * MINUTE);
    expect(b.rollout()).toMatchObject({ step: 0 });
    await b.pass(MINUTE + 20 * SECOND);
    expect([a.rollout().step, b.rollout().step]).toEqual([1, 1]);
  });
});
