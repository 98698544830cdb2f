import { freePort } from '@coppice/testkit/programs/free-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from './plan.ts';
import { type Ended, Supervisor } from './supervisor.ts';

const server = `
  const server = require('node:http').createServer((_req, res) => res.end('ok'));
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('up'));
  process.on('SIGTERM', () => { console.log('down'); process.exit(0); });`;

describe('a supervisor', () => {
  let lines: string[];
  let ended: Ended[];
  let supervisor: Supervisor;
  beforeEach(() => {
    lines = [];
    ended = [];
    supervisor = new Supervisor({
      onLine: (name, line) => lines.push(`${name} ${line}`),
      onEnded: (one) => ended.push(one),
    });
  });
  afterEach(() => supervisor.stop());

  async function service(name: string, script = server): Promise<Service> {
    const port = await freePort();
    const env = { ...process.env, PORT: String(port) };
    return { name, command: process.execPath, args: ['-e', script], env, ready: `http://127.0.0.1:${port}` };
  }

  it('waits until services answer, and ends them last started first', async () => {
    for (const one of [await service('a'), await service('b')]) {
      supervisor.start(one);
      expect(await supervisor.ready(one, 20_000)).toBe(true);
    }
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(lines).toEqual(['a up', 'b up', 'b down', 'a down']);
    expect(ended).toEqual([]);
  });

  it('reports a process that ends by itself, with the last it said before', async () => {
    const broken = await service('a', 'console.error("no"); process.exitCode = 3');
    supervisor.start(broken);
    expect(await supervisor.ready(broken, 20_000)).toBe(false);
    await expect.poll(() => ended).toEqual([{ service: 'a', code: 3, signal: null }]);
    expect(lines).toEqual(['a no']);
  });

  it('reports a program that is not there', async () => {
    supervisor.start({ ...(await service('a')), command: '/no/such/program' });
    await expect.poll(() => ended).toHaveLength(1);
    expect(lines[0]).toContain('a could not be started: ');
  });

  it('does not report one that it was told to end', async () => {
    const one = await service('a');
    supervisor.start(one);
    await supervisor.ready(one, 20_000);
    await supervisor.end('a', 'SIGKILL');
    expect(ended).toEqual([]);
    expect(supervisor.names).toEqual([]);
  });
});
