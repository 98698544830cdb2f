import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startOipServer } from '@coppice/testkit/oip-server';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  cleanUp = [];
});

type Line = { level: string; msg: string; port?: number };

function start(env: Record<string, string>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'coppice-main-'));
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [main], {
    env: {
      ...{ PATH: process.env.PATH, DATA_DIR: dataDir, GATEWAY_PORT: '0', BIND_ADDRESS: '127.0.0.1' },
      ...{ ADMIN_TOKEN: 'test-admin-token', ...env },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  cleanUp.push(() => {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { dataDir, child, lines, exited: once(child, 'exit') as Promise<[number | null]> };
}

describe('the gateway as a process', () => {
  it('keeps all that it writes private: database, WAL, token', async () => {
    const { dataDir, lines } = start({ MODEL_V1_URL: 'http://127.0.0.1:9', MODEL_V2_URL: 'none', ADMIN_TOKEN: '' });
    await until(() => expect(lines.find(({ msg }) => msg === 'listening')).toBeDefined());
    const files = readdirSync(dataDir);
    expect(files).toEqual(expect.arrayContaining(['admin-token', 'coppice.db', 'coppice.db-wal']));
    for (const file of files) expect((statSync(join(dataDir, file)).mode & 0o777).toString(8), file).toBe('600');
  });

  it('stops on SIGTERM under load without a failed request, writes its record and exits 0', async () => {
    const model = await startOipServer();
    cleanUp.push(() => model.stop());
    const { child, lines, exited } = start({ MODEL_V1_URL: model.url, MODEL_V2_URL: 'none' });
    const port = await until(() => {
      const listening = lines.find(({ msg }) => msg === 'listening');
      expect(listening).toBeDefined();
      return listening?.port;
    });
    const url = `http://127.0.0.1:${port}`;
    await until(async () => expect((await fetch(`${url}/ready`)).status).toBe(200));

    let answered = 0;
    const failures: string[] = [];
    const send = async () => {
      for (;;) {
        try {
          const response = await fetch(`${url}/predict`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"features":[1,0]}',
          });
          await response.arrayBuffer();
          if (response.status === 200) answered++;
          else failures.push(String(response.status));
        } catch (error) {
          // once it no longer listens, it must refuse connections
          const { code } = (error as { cause: { code: string } }).cause;
          if (code !== 'ECONNREFUSED') failures.push(code);
          return;
        }
      }
    };
    const load = Promise.all([send(), send(), send(), send()]);
    await until(() => expect(answered).toBeGreaterThan(200));
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await load;
    expect(failures).toEqual([]);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it.each([
    [{ MODEL_V1_WEIGHT: '-5' }, 'MODEL_V1_WEIGHT=-5 is not allowed: must be a whole number from 0 to 1000000'],
    [{ MODEL_V1_WEIGHT: '0', MODEL_V2_WEIGHT: '0' }, 'at least one weight must be above 0'],
  ])('refuses to start with %j: one line, exit 1', async (env, message) => {
    const { lines, exited } = start(env);
    expect(await exited).toEqual([1, null]);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.level).toBe('fatal');
    expect(lines[0]?.msg).toContain(message);
  });
});
