import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { judgedReport } from '@coppice/testkit/judged-report';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const program = new URL('../registry.ts', import.meta.url).pathname;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-registry-command-'));
  writeFixtureModel(join(folder, 'v1'));
  writeFixtureModel(join(folder, 'v2'), { version: 'v2', shift: 1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Exit status and what it printed. */
async function registry(...args: string[]): Promise<[number, string]> {
  try {
    const { stdout } = await run(process.execPath, [program, ...args, '--registry', join(folder, 'registry')]);
    return [0, stdout];
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return [code, stdout + stderr];
  }
}

describe('npm run registry', () => {
  it('publishes, compares, aliases and audits', async () => {
    expect(await registry('list')).toEqual([
      0,
      expect.stringContaining('No release of iris yet: npm run registry -- publish artifacts/v1; --model names'),
    ]);
    expect(await registry('publish', join(folder, 'v1'))).toEqual([0, expect.stringMatching(/^iris 1 in /)]);
    expect(await registry('publish', join(folder, 'v2'))).toEqual([0, expect.stringMatching(/^iris 2 in /)]);
    expect(await registry('alias', 'champion', '1')).toEqual([0, expect.stringMatching(/^1 +champion /m)]);
    expect(await registry('approve', '2', '-r', 'good')).toEqual([0, expect.stringMatching(/^2 +approved /m)]);
    expect(await registry('show', '2')).toEqual([0, expect.stringMatching(/approved by .*: good\n/)]);
    expect(await registry('compare', '1', '2')).toEqual([0, expect.stringMatching(/^recall a +100\.0 % +100\.0 %$/m)]);
    const [, audit] = await registry('audit');
    expect(
      audit
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(3)),
    ).toEqual([['what', 'reason'], ['release 2 is approved', 'good'], ['champion: none → 1']]);
  }, 60_000);

  it('publishes while MLflow is away, and says when the release is sent', async () => {
    const place = ['--registry', join(folder, 'elsewhere')];
    const port = await freePort();
    const publish = (uri: string) =>
      attempt(process.execPath, [program, 'publish', join(folder, 'v1'), ...place], { MLFLOW_TRACKING_URI: uri });
    const { status, output } = await publish(`http://127.0.0.1:${port}`);
    expect(status).toBe(0);
    expect(output).toMatch(/^iris 1 in /);
    expect(output).toContain(
      `ECONNREFUSED 127.0.0.1:${port}; release 1 is sent with the next training or by npm run mlflow -- sync ${place.join(' ')}\n`,
    );
    expect(await publish('databricks')).toEqual({
      status: 2,
      output: expect.stringContaining('registry: MLFLOW_TRACKING_URI is not allowed'),
    });
    expect((await attempt(process.execPath, [program, 'list', ...place])).output).not.toMatch(/^2 /m);
  });

  it('shows what MLflow offers, and declines it', async () => {
    const opened = new Registry(new FolderStore(join(folder, 'registry')), { model: 'iris' });
    await opened.offer('champion', 2, { who: 'mlflow', reason: '' });
    const offer =
      /mlflow offers 2 as champion since 2\d{3}-.*: alias challenger 2, then promote 2, or decline champion\n/;
    expect(await registry('list')).toEqual([0, expect.stringMatching(offer)]);
    expect(await registry('show', '2')).toEqual([0, expect.stringMatching(offer)]);
    expect(await registry('decline', 'champion')).toEqual([0, expect.not.stringMatching(/offers/)]);
    expect(await registry('decline', 'champion')).toEqual([1, 'registry: nobody offers another champion\n']);
  }, 60_000);

  it('judges a release by a gate, and fails with its lines', async () => {
    const [folderOfModel, gate] = [join(folder, 'judged'), join(folder, 'gate.txt')];
    writeFixtureModel(folderOfModel);
    mkdirSync(join(folderOfModel, 'report'));
    writeFileSync(join(folderOfModel, 'report/report.json'), JSON.stringify(judgedReport()));
    const [, published] = await registry('publish', folderOfModel);
    const number = /^iris (\d+)/.exec(published)?.[1] as string;
    writeFileSync(gate, 'accuracy >= 0.9\nreplay agrees >= 0.9\n');
    expect(await registry('gate', number, '--gate', gate)).toEqual([
      0,
      `iris ${number}, by ${gate}
  pass  accuracy >= 0.9       0.900
  –     replay agrees >= 0.9  the gateway judges it, which has the replays: GET /releases
No line fails; not approved yet.
`,
    ]);
    writeFileSync(gate, 'accuracy >= 0.9\nrecall[b] >= 0.9\n');
    expect(await registry('gate', number, '--gate', gate)).toEqual([
      1,
      expect.stringContaining('FAIL  recall[b] >= 0.9  0.867, 0.033 short\n1 of 2 lines fails; not approved yet.'),
    ]);
    writeFileSync(gate, 'accuracy > 0.9\n');
    expect(await registry('gate', number, '--gate', gate)).toEqual([
      2,
      expect.stringMatching(/^registry: --gate=.*gate.txt is not allowed: line 1: accuracy > 0.9: > after the figure/),
    ]);
  }, 60_000);

  it('refuses in one line, with a status for each reason', async () => {
    expect(await registry('show', '99')).toEqual([1, 'registry: iris has no release 99\n']);
    expect(await registry('alias', 'champion', '1', '--expected', '99')).toEqual([
      3,
      expect.stringMatching(/^registry: champion is (1|none) by now, not 99\n|has no release/),
    ]);
    expect(await registry('publish', join(folder, 'nowhere'))).toEqual([2, expect.stringContaining('cannot be read')]);
    expect(await registry('alias')).toEqual([2, expect.stringContaining('must be: npm run registry -- alias')]);
  }, 60_000);
});
