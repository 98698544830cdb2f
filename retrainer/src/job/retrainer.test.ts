import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetrainJob, RolloutReport, RolloutStart } from '@coppice/contract';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayClient, GatewayError } from '../gateway/gateway-client.ts';
import { Retrainer } from './retrainer.ts';
import type { RunTrainer } from './run-trainer.ts';

const by = { who: 'ann', reason: 'test' };

let folder: string;
let registry: Registry;
let gateway: ReturnType<typeof standIn>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-jobs-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  for (const note of ['1', '2', '3'])
    await registry.publish({
      ...{ files: releaseFiles({ note }), who: 'test' },
      lineage: { data: null, commit: null, parent: null },
    });
  await registry.begin([1, 2], 'example', by);
  gateway = standIn();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A gateway in which v2 follows the challenger. */
function standIn() {
  const seen = {
    shadow: null as string | null,
    rollout: null as object | null,
    starts: [] as RolloutStart[],
    refuses: null as Error | null,
    replay: 'done',
  };
  const version = (name: string, share: number) => ({ version: name, share, ready: true, reason: null });
  const client = {
    config: async () => ({ shadow: seen.shadow, versions: [version('v1', 1), version('v2', 0)] }),
    releases: async () => {
      const { champion, challenger } = (await registry.current()).state.aliases;
      const serving = [
        { version: 'v1', release: champion, alias: 'champion' },
        { version: 'v2', release: challenger, alias: 'challenger' },
      ];
      return { serving, pending: null, challenger };
    },
    rollout: async () => ({ revision: 1, rollout: seen.rollout }) as RolloutReport,
    shadow: async (name: string | null) => {
      seen.shadow = name;
    },
    feedback: async () => [],
    startReplay: async () => ({ id: 'one', state: seen.replay, rows: 5, proof: null, comparisons: [], failed: 0 }),
    startRollout: async (start: RolloutStart) => {
      if (seen.refuses) throw seen.refuses;
      seen.starts.push(start);
    },
  };
  return Object.assign(seen, { client: client as unknown as GatewayClient });
}

const retrainer = ({ auto = false, run = async () => {} }: { auto?: boolean; run?: RunTrainer } = {}) =>
  new Retrainer({
    ...{ registry, gateway: gateway.client, place: folder, who: 'this', auto, rules: [], base: undefined },
    ...{ days: 90, minRows: 1, mostRows: 100, leaseMs: 30_000, now: Date.now },
    ...{ lease: registry.lease('retraining', `test ${Math.random()}`), limits: { coolDownHours: 0, mostPerDay: 100 } },
    ...{ run, log: { info() {}, warn() {} } },
  });

const begin = (known: Partial<RetrainJob>) =>
  registry.beginJob({
    ...{ cause: { kind: 'command', text: 'test' }, who: 'other:1', state: 'waits for approval', decision: '' },
    ...{ started_at: '2026-03-01T00:00:00.000Z', ended_at: '2026-03-01T01:00:00.000Z', release: 3, rows: null },
    ...{ gate: [], data: null },
    ...known,
  });

describe('a release that waits for approval and has it', () => {
  beforeEach(async () => {
    await registry.setAlias('challenger', 3, by);
    await registry.judge(3, true, by);
  });

  it('is rolled out', async () => {
    const { id } = await begin({});
    await retrainer().look();
    expect(gateway.starts).toMatchObject([{ version: 'v2', promote: true }]);
    expect(await registry.job(id)).toMatchObject({ state: 'rollout started' });
  });

  it.each([{ promote: { release: 3, state: 'over' } }, { started: '2026-03-01T02:00:00.000Z' }])(
    'is not rolled out again after a rollback: %j',
    async (more) => {
      const started = '2026-03-01T00:30:00.000Z';
      gateway.rollout = { version: 'v2', state: 'rolled_back', who: 'bob', started, ...more };
      const { id } = await begin({});
      await retrainer().look();
      expect(gateway.starts).toEqual([]);
      expect(await registry.job(id)).toMatchObject({
        ...{
          state: 'rollout started',
          decision: expect.stringMatching(/^The rollout of release 3 in v2 began .* by bob/),
        },
      });
    },
  );

  it.each([
    { promote: { release: 2, state: 'over' }, started: '2026-03-01T02:00:00.000Z' },
    { started: '2026-03-01T00:30:00.000Z' },
  ])('is rolled out after a rollout of an earlier release: %j', async (more) => {
    gateway.rollout = { version: 'v2', state: 'rolled_back', who: 'bob', ...more };
    await begin({});
    await retrainer().look();
    expect(gateway.starts).toHaveLength(1);
  });

  it('is rolled out however many jobs began since', async () => {
    const { id } = await begin({});
    for (let i = 0; i < 30; i++) await begin({ state: 'refused', release: null });
    await retrainer().look();
    expect((await registry.job(id))?.state).toBe('rollout started');
  });
});

describe('a release that is not proven', () => {
  const unproven = async () => {
    const { aliases } = (await registry.current()).state;
    return { challenger: aliases.challenger, shadow: gateway.shadow };
  };

  it('is challenger and in shadow no more when its retrainer was killed', async () => {
    await registry.setAlias('challenger', 3, by);
    gateway.shadow = 'v2';
    const before = { challenger: 2, shadow: 'v3', version: 'v2' };
    const { id } = await begin({ state: 'running', ended_at: null, before });
    await retrainer().look();
    expect(await unproven()).toEqual({ challenger: 2, shadow: 'v3' });
    const job = await registry.job(id);
    expect(job).toMatchObject({ state: 'stopped' });
    expect(job).not.toHaveProperty('before');
  });

  it('leaves what others changed since its retrainer was killed', async () => {
    gateway.shadow = 'v2';
    await registry.setAlias('challenger', null, by);
    await begin({ state: 'running', ended_at: null, before: { challenger: 2, shadow: null, version: 'v2' } });
    await retrainer().look();
    expect(await unproven()).toEqual({ challenger: null, shadow: 'v2' });
  });

  it('gives challenger and shadow back when its replay fails', async () => {
    gateway.shadow = 'v3';
    gateway.replay = 'failed';
    const { id } = await begin({ state: 'waits for traffic' });
    const one = retrainer();
    await one.look();
    await one.idle();
    const job = await registry.job(id);
    expect(job).toMatchObject({ state: 'failed', decision: 'The replay of release 3 is failed: no reason given.' });
    expect(job).not.toHaveProperty('before');
    expect(await unproven()).toEqual({ challenger: 2, shadow: 'v3' });
  });
});

it('starts the rollout later when the gateway is away as RETRAIN_ROLLOUT=auto approves', async () => {
  gateway.refuses = new GatewayError('the gateway cannot be reached: ECONNREFUSED');
  const { id } = await begin({ state: 'waits for traffic' });
  const one = retrainer({ auto: true });
  await one.look();
  await one.idle();
  expect(await registry.job(id)).toMatchObject({
    state: 'waits for approval',
    decision:
      'RETRAIN_ROLLOUT=auto approved release 3; its rollout cannot start yet: the gateway cannot be reached: ECONNREFUSED',
  });
  gateway.refuses = null;
  await one.look();
  expect(gateway.starts).toHaveLength(1);
  expect(await registry.job(id)).toMatchObject({ state: 'rollout started' });
});

it('reads the base file as the first champion’s card says, however many champions come of it', async () => {
  const read = ['--target', 'churn', '--no-header', '--sample', '500'];
  await begin({ state: 'rollout started', release: 3, base: { champion: 1, read } });
  await registry.setAlias('champion', 3, by);
  const calls: (readonly string[])[] = [];
  const one = retrainer({
    run: async (args) => {
      calls.push(args);
      throw new Error('enough');
    },
  });
  await one.ask({ kind: 'command', text: 'again' });
  await one.idle();
  expect(calls).toEqual([[...read, '--prepare', expect.any(String)]]);
  expect((await registry.job(2))?.base).toEqual({ champion: 3, read });
});
