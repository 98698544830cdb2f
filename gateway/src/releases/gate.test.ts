import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGate } from '@coppice/registry/gate/parse-gate';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { judgedReport } from '@coppice/testkit/judged-report';
import { releaseFiles } from '@coppice/testkit/release-files';
import { until } from '@coppice/testkit/waiting/until';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptOut } from '../traffic/kept-out.ts';
import { Gate } from './gate.ts';

const by = { who: 'ana', reason: '' };
const lineage = { data: null, commit: null, parent: null };
const comparison = {
  ...{ release: 2, against: 1, rows: 30, both_right: 27, only_release: 1, only_against: 1, both_wrong: 1 },
  ...{ difference: 0, interval: [-0.1, 0.1], at_least: -0.005, p: 1, cost_difference: null, notes: [] },
} satisfies Parameters<Registry['keepComparison']>[0];

let folder: string;
let registry: Registry;
let served: Record<string, number | null>;
let keptOut: KeptOut | null;
let now: number;
let away: Error | null;
let databaseAway: Error | null;
let hangs: PromiseWithResolvers<void> | null;
let asked: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-gate-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  for (const shift of [0, 1])
    await registry.publish({ files: releaseFiles({ shift, report: judgedReport() }), lineage, who: 'test' });
  await registry.setAlias('champion', 1, by);
  served = { v1: 1, v2: 2 };
  [keptOut, now, away, databaseAway, hangs, asked] = [null, 0, null, null, null, 0];
});
afterEach(() => rmSync(folder, { recursive: true }));

const gateOf = (text: string, config: { on?: boolean; approval?: 'person' | 'auto' } = {}) =>
  new Gate({
    config: { on: true, approval: 'person', registry: folder, rules: parseGate(text), ...config },
    patienceMs: 50,
    async registry() {
      asked++;
      await hangs?.promise;
      if (away) throw away;
      return registry;
    },
    versions: ['v1', 'v2'],
    served: (version) => served[version] ?? null,
    keepOut: (next) => {
      keptOut = next;
    },
    async agreement() {
      if (databaseAway) throw databaseAway;
      return null;
    },
    now: () => now,
    log: pino({ level: 'silent' }),
  });
const reasons = () => Object.fromEntries(keptOut?.reasons ?? []);

describe('the gate', () => {
  it('says what it goes by, and judges nothing while it is off', async () => {
    const gate = gateOf('accuracy >= 0.9', { on: false });
    expect(gate.settings()).toEqual({ on: false, approval: 'person', lines: ['accuracy >= 0.9'] });
    expect(await gate.verdict(2)).toBeNull();
    await gate.start();
    gate.released();
    expect(keptOut).toBeNull();
    await gate.stop();
  });

  it('has a verdict on every release, with the lines of the file', async () => {
    const gate = gateOf('accuracy >= 0.9\nnot worse than the champion by more than 0.01');
    const first = { line: 'accuracy >= 0.9', passed: true, found: '0.900' };
    expect(await gate.verdict(1)).toEqual({
      passed: true,
      words: 'Release 1 is the champion: the gate lets it be.',
      lines: [
        first,
        { line: 'not worse than the champion by more than 0.01', passed: true, found: 'it is the champion' },
      ],
    });
    expect(await gate.verdict(2)).toMatchObject({
      passed: false,
      lines: [
        first,
        { passed: false, found: 'it was not compared with release 1, the champion: npm run evaluate -- 2' },
      ],
    });
    await registry.keepComparison(comparison);
    expect(await gate.verdict(2)).toMatchObject({
      passed: false,
      words: 'Release 2 is not approved: npm run registry -- approve 2.',
      lines: [first, { passed: true }],
    });
    await registry.judge(2, true, by);
    expect(await gate.verdict(2)).toMatchObject({ passed: true });
    expect(await gate.verdict(9)).toEqual({ passed: false, words: 'Release 9 is not in the registry.', lines: [] });
  });

  it('takes a comparison up although it changes no revision, within 5 s', async () => {
    const gate = gateOf('not worse than the champion by more than 0.01', { approval: 'auto' });
    await gate.look();
    expect(Object.keys(reasons())).toEqual(['v2']);
    await registry.keepComparison(comparison);
    now = 5000;
    await gate.look();
    expect(reasons()).toEqual({});
  });

  it('judges a release before a version serves it', async () => {
    const gate = gateOf('accuracy >= 0.9', { approval: 'auto' });
    served = { v1: 1, v2: null };
    await gate.look();
    await gate.announced('v2', 2);
    served = { v1: 1, v2: 2 };
    gate.released();
    expect(reasons()).toEqual({});
  });

  it('judges a release that a version has left for ten minutes more: some of its servers may answer by it still', async () => {
    const gate = gateOf('accuracy >= 0.9', { approval: 'auto' });
    await gate.look();
    expect([2, 3].map((release) => gate.keptOut(release))).toEqual([null, 'The gate has not judged release 3 yet']);
    served = { v1: 1, v2: null };
    await registry.judge(2, false, { ...by, reason: 'unfair' });
    await gate.look();
    expect(gate.keptOut(2)).toBe('Release 2 was rejected by ana: unfair');
    now = 600_000;
    await gate.look();
    expect(gate.keptOut(2)).toBe('The gate has not judged release 2 yet');
    expect(gate.keptOut(1)).toBeNull();
  });

  it('keeps a release out at once when a version serves one that nobody judged', async () => {
    const gate = gateOf('accuracy >= 0.9', { approval: 'auto' });
    await gate.look();
    served = { v1: 1, v2: 3 };
    gate.released();
    expect(reasons()).toEqual({ v2: 'The gate has not judged release 3 yet' });
    now = 70;
    expect(gate.since('v2')).toBe(0);
    expect(gate.since('v1')).toBeNull();
  });

  it('goes by what it read last while the registry is away', async () => {
    const gate = gateOf('accuracy >= 0.9', { approval: 'auto' });
    await gate.look();
    away = new Error('S3 is away');
    now = 60_000;
    await gate.look();
    expect(reasons()).toEqual({});
    expect(gate.warnings()).toEqual([
      'The gate goes by what it read last, since the registry cannot be read: S3 is away',
    ]);
    away = null;
    await gate.look();
    expect(gate.warnings()).toEqual([]);
  });

  it('asks a registry that hangs for nothing more until it has answered', async () => {
    const gate = gateOf('accuracy >= 0.9', { approval: 'auto' });
    hangs = Promise.withResolvers();
    for (let i = 0; i < 3; i++) await gate.look();
    expect([asked, gate.warnings()]).toEqual([1, [expect.stringContaining('it does not answer within 0.05 s')]]);
    hangs.resolve();
    await until(async () => {
      await gate.look();
      expect([gate.warnings(), reasons()]).toEqual([[], {}]);
    });
  });

  it('takes a rejection up even while the evidence cannot be read', async () => {
    const gate = gateOf('replay agrees >= 0', { approval: 'auto' });
    databaseAway = new Error('the database is away');
    await gate.look();
    expect(reasons()).toEqual({ v2: 'The gate has not judged release 2 yet' });
    await registry.judge(2, false, by);
    await gate.look();
    expect(reasons()).toEqual({ v2: 'Release 2 was rejected by ana: no reason given' });
  });
});
