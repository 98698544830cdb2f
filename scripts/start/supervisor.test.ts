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

  it('reports a process that ends by itself, after its last output', async () => {
    const broken = await service('a', 'console.error("no"); process.exitCode = 3');
    supervisor.start(broken);
    expect(await supervisor.ready(broken, 20_000)).toBe(false);
    await expect.poll(() => ended).toEqual([{ service: 'a', code: 3, signal: null, againMs: null }]);
    expect(lines).toEqual(['a no']);
  });

  it('starts one that was ready again, and waits longer each time', async () => {
    const one = await service('a', `${server} setTimeout(() => process.exit(4), 200);`);
    supervisor.start(one);
    expect(await supervisor.ready(one, 20_000)).toBe(true);
    await expect.poll(() => ended.length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(ended.slice(0, 3)).toEqual(
      [100, 200, 400].map((againMs) => ({ service: 'a', code: 4, signal: null, againMs })),
    );
    const { length } = ended;
    await supervisor.stop();
    expect(ended).toHaveLength(length);
    expect(supervisor.names).toEqual([]);
  });

  it('gives each a standard input that lasts as long as the supervisor', async () => {
    const one = await service('a', `${server} process.stdin.on('end', () => process.exit(7)).resume();`);
    supervisor.start(one);
    expect(await supervisor.ready(one, 20_000)).toBe(true);
    expect(ended).toEqual([]);
  });

  it('reports a missing program', async () => {
    supervisor.start({ ...(await service('a')), command: '/no/such/program' });
    await expect.poll(() => ended).toHaveLength(1);
    expect(lines[0]).toContain('a could not be started: ');
  });

  it('does not report a process that it ends', async () => {
    const one = await service('a');
    supervisor.start(one);
    await supervisor.ready(one, 20_000);
    await supervisor.end('a', 'SIGKILL');
    expect(ended).toEqual([]);
    expect(supervisor.names).toEqual([]);
  });
});
