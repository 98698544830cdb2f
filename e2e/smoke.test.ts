import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTaken } from '@coppice/scripts/start/port-taken';
import { predict } from '@coppice/testkit/predict';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

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
      // a group of its own, as a terminal gives it, so that Ctrl-C can be sent to all of it
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

  it('lists the addresses when all is healthy, predicts, and ends with status 0 on Ctrl-C, its ports free again', async () => {
    const process_ = start();
    await seen('Ctrl-C stops everything');
    for (const port of [ports.gateway, ports.ui]) expect(output).toContain(`http://127.0.0.1:${port}`);
    const answer = await predict(`http://127.0.0.1:${ports.ui}/api`, { features: [5.1, 3.5, 1.4, 0.2] });
    expect(answer.class).toBe('setosa');
    const models = [...output.matchAll(/Model v\d +http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    expect(models).toHaveLength(2);
    const ended = once(process_, 'exit');
    process.kill(-(process_.pid as number), 'SIGINT');
    expect(await ended, output).toEqual([0, null]);
    for (const port of [ports.gateway, ports.ui, ...models]) expect(await isTaken(port, '127.0.0.1')).toBe(false);
    expect(output).not.toMatch(/ (WARN|ERROR|FATAL) /);
  });

  it('says in one line which port is taken, and starts nothing', async () => {
    const other = createServer().listen(ports.gateway, '127.0.0.1');
    const process_ = start();
    const [status] = await once(process_, 'exit');
    other.close();
    expect(status).toBe(1);
    expect(output).toContain(`port ${ports.gateway} is taken by another program: stop it, or set GATEWAY_PORT`);
    expect(output).not.toContain('listening');
  });

  it('ends with status 1 and the reason when a part cannot start', async () => {
    const [status] = await once(start({ MODEL_V1_WEIGHT: '-3' }), 'exit');
    expect(status).toBe(1);
    expect(output).toContain('MODEL_V1_WEIGHT=-3 is not allowed');
    expect(output).toContain('gateway ended by itself (status 1): stopping the rest');
  });
});
