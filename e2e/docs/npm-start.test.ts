import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyPage, replayView } from '@coppice/contract';
import { isTaken } from '@coppice/scripts/start/port-taken';
import { predict } from '@coppice/testkit/predict';
import { freePort } from '@coppice/testkit/programs/free-port';
import { restoreKeptVolume } from '@coppice/testkit/record/kept-volume';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm start', () => {
  let dataDir: string;
  let ports: { gateway: number; ui: number; prometheus: number };
  let npm: ChildProcess | undefined;
  let output = '';

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'coppice-start-'));
    ports = { gateway: await freePort(), ui: await freePort(), prometheus: await freePort() };
    output = '';
  });
  afterEach(async () => {
    if (npm?.exitCode === null && npm.signalCode === null) {
      const ended = once(npm, 'exit');
      npm.kill('SIGTERM');
      await ended;
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  function start(env: Record<string, string> = {}): ChildProcess {
    npm = spawn('npm', ['start'], {
      cwd: root,
      // a separate process group, as in a terminal, so that Ctrl-C reaches all of it
      detached: true,
      env: {
        ...process.env,
        DATA_DIR: dataDir,
        GATEWAY_PORT: String(ports.gateway),
        UI_PORT: String(ports.ui),
        PROMETHEUS_PORT: String(ports.prometheus),
        ...env,
      },
    });
    for (const stream of [npm.stdout, npm.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    return npm;
  }

  const seen = (text: string) => expect.poll(() => output, { timeout: 60_000 }).toContain(text);

  it('lists the addresses once all is healthy, predicts, and exits with status 0 on Ctrl-C, its ports free again', async () => {
    const process_ = start();
    await seen('Ctrl-C stops everything');
    for (const port of [ports.gateway, ports.ui]) expect(output).toContain(`http://127.0.0.1:${port}`);
    const answer = await predict(`http://127.0.0.1:${ports.ui}/api`, { features: [5.1, 3.5, 1.4, 0.2] });
    expect(answer.class).toBe('setosa');
    const shared = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => (statSync(file).mode & 0o077) !== 0);
    expect(shared).toEqual([]);
    const models = [...output.matchAll(/Model v\d +http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    expect(models).toHaveLength(2);
    for (const port of models)
      expect(await (await fetch(`http://127.0.0.1:${port}/ready`)).json()).toMatchObject({
        release: expect.any(Number),
      });
    expect(output).toMatch(/v1: registry:iris@champion, v2: registry:iris@challenger \(npm run registry\)/);
    const ended = once(process_, 'exit');
    process.kill(-(process_.pid as number), 'SIGINT');
    expect(await ended, output).toEqual([0, null]);
    for (const port of [ports.gateway, ports.ui, ...models]) expect(await isTaken(port, '127.0.0.1')).toBe(false);
    expect(output).not.toMatch(/ (WARN|ERROR|FATAL) /);
  });

  it.each(['::1', '::'])('listens on %s, and prints addresses that work', async (host) => {
    start({ BIND_ADDRESS: host });
    await seen('Ctrl-C stops everything');
    const url = (what: string) => new RegExp(`${what} +(http://\\[::1\\]:\\d+)`).exec(output)?.[1] as string;
    for (const api of [url('Gateway'), `${url('Page')}/api`]) {
      const answer = await predict(api, { features: [5.1, 3.5, 1.4, 0.2] });
      expect(answer.class).toBe('setosa');
    }
    const metadata = await fetch(`${url('Gateway')}/models/v1/v2/models/iris`);
    expect(await metadata.json()).toMatchObject({ name: 'iris' });
    const link = /http:\/\/\S+(?=\/#token=)/.exec(output)?.[0];
    expect(link).toBe(url('Page'));
    expect(output).not.toMatch(/ (WARN|ERROR|FATAL) /);
  });

  it('starts a model server that is killed again, and leaves no process behind when it is killed itself', async () => {
    const { pid } = start();
    await seen('Ctrl-C stops everything');
    const gateway = `http://127.0.0.1:${ports.gateway}`;
    killProgram(pid as number, 'models/src/main.ts');
    await seen('exited (SIGKILL): starting it again in 0.1 s');
    for (let i = 0; i < 20; i++)
      expect((await predict(gateway, { features: [5.1, 3.5, 1.4, 0.2] })).class).toBe('setosa');
    const ready = async () => ((await (await fetch(`${gateway}/ready`)).json()) as { status: string }).status;
    await expect.poll(ready, { timeout: 60_000 }).toBe('ready');

    const models = [...output.matchAll(/Model v\d +http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    const ended = once(npm as ChildProcess, 'exit');
    killProgram(pid as number, 'scripts/start.ts');
    await ended;
    for (const port of [ports.gateway, ports.ui, ...models])
      await expect.poll(() => isTaken(port, '127.0.0.1'), { timeout: 60_000 }).toBe(false);
  });

  it('takes over the data of an earlier Coppice, and loses no row', async () => {
    await restoreKeptVolume({ DATA_DIR: dataDir }, 100_000);
    start({ RECORD_MAX_DAYS: '36500' });
    await seen('Ctrl-C stops everything');
    const gateway = `http://127.0.0.1:${ports.gateway}`;
    const csv = await (await fetch(`${gateway}/predictions?format=csv`)).text();
    // a line of names, and the end
    expect(csv.split('\r\n')).toHaveLength(100_000 + 2);
    // rows of before the record had names are taken by their order
    const { predictions } = historyPage.parse(await (await fetch(`${gateway}/predictions?limit=50`)).json());
    expect(predictions.map(({ feature_names, features }) => [feature_names, features.length])).toEqual(
      new Array(50).fill([null, 4]),
    );
    const headers = {
      authorization: `Bearer ${readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()}`,
      'content-type': 'application/json',
    };
    const period = { since: '2026-01-05', until: '2026-01-08', limit: 200 };
    const body = JSON.stringify({ version: 'v2', ...period, reason: 'rows of before the record had names' });
    const started = await fetch(`${gateway}/replay`, { method: 'POST', headers, body });
    const { id } = replayView.parse(await started.json());
    const replay = async () => replayView.parse(await (await fetch(`${gateway}/replay/${id}`, { headers })).json());
    await expect.poll(async () => (await replay()).state, { timeout: 60_000 }).toBe('done');
    const { rows, failed, not_replayable } = await replay();
    expect([rows, failed, not_replayable]).toEqual([200, 0, 0]);
  });

  it('names an address that this machine does not have in one line', async () => {
    const process_ = start({ BIND_ADDRESS: '192.0.2.1' });
    const [status] = await once(process_, 'exit');
    expect(status).toBe(1);
    expect(output).toContain('this machine cannot listen on 192.0.2.1 (EADDRNOTAVAIL)\n');
  });

  it('names the taken port in one line, and starts nothing', async () => {
    const other = createServer().listen(ports.gateway, '127.0.0.1');
    const process_ = start();
    const [status] = await once(process_, 'exit');
    other.close();
    expect(status).toBe(1);
    expect(output).toContain(`port ${ports.gateway} is taken by another program: stop it, or set GATEWAY_PORT`);
    expect(output).not.toContain('listening');
  });

  it('exits with status 1 and the reason when a service cannot start', async () => {
    const [status] = await once(start({ MODEL_V1_WEIGHT: '-3' }), 'exit');
    expect(status).toBe(1);
    expect(output).toContain('MODEL_V1_WEIGHT=-3 is not allowed');
    expect(output).toContain('gateway exited (status 1): stopping the rest');
  });
});

/** Kills the first process below `pid` whose command has this file. Throws when there is none. */
function killProgram(pid: number, file: string): void {
  const found = findProgram(pid, file);
  if (found === undefined) throw new Error(`no process runs ${file}`);
  process.kill(found, 'SIGKILL');
}

function findProgram(pid: number, file: string): number | undefined {
  for (const child of childrenOf(pid)) {
    const [, ...args] = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
    if (args.some((arg) => arg.endsWith(file)) && !args.includes('--run')) return child;
    const found = findProgram(child, file);
    if (found !== undefined) return found;
  }
  return undefined;
}

const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
