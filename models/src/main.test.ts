import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'coppice-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

type Line = { level: string; msg: string; port?: number };

function start(env: Record<string, string>) {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, BIND_ADDRESS: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  let out = '';
  started.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const lines = () =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line): Line => JSON.parse(line));
  const line = (msg: RegExp) =>
    vi.waitFor(
      () => {
        const found = lines().find((one) => msg.test(one.msg));
        if (!found) throw new Error(`no line ${msg} in: ${out}`);
        return found;
      },
      { timeout: 20_000 },
    );
  return { process: started, exit: once(started, 'exit'), lines, line };
}

describe('the model server as a program', () => {
  it('stays up without an artifact, loads one when it comes, exits with 0 on SIGTERM', async () => {
    const modelDir = join(mkdtempSync(join(folder, 'model-')), 'v1');
    const server = start({ MODEL_DIR: modelDir });
    expect(await server.line(/^not ready: /)).toMatchObject({ level: 'error' });
    const { port } = await server.line(/^listening$/);
    const base = `http://127.0.0.1:${port}`;
    expect((await fetch(`${base}/health`)).status).toBe(200);
    expect((await fetch(`${base}/ready`)).status).toBe(503);

    writeFixtureModel(modelDir);
    await vi.waitFor(async () => expect((await fetch(`${base}/ready`)).status).toBe(200), { timeout: 20_000 });
    const body = JSON.stringify({ features: [0, 12345] });
    const answer = await fetch(`${base}/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(await answer.json()).toMatchObject({ class: 'a', model_version: 'v1' });

    server.process.kill('SIGTERM');
    expect(await server.exit).toEqual([0, null]);
    expect(server.lines().map(({ msg }) => msg.replace(/:.*/, ''))).toEqual([
      'listening',
      'not ready',
      'model ready',
      'stopping',
    ]);
    expect(JSON.stringify(server.lines())).not.toContain('12345');
  });

  it('answers requests under way before it stops', async () => {
    const modelDir = join(mkdtempSync(join(folder, 'model-')), 'v1');
    writeFixtureModel(modelDir);
    const server = start({ MODEL_DIR: modelDir });
    await server.line(/^model ready$/);
    const socket = connect((await server.line(/^listening$/)).port as number, '127.0.0.1');
    const body = '{"features":[1,0]}';
    const head = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    // the interim answer shows that the request has reached the server
    await once(socket, 'readable');
    expect(String(socket.read())).toMatch(/^HTTP\/1\.1 100 /);
    server.process.kill('SIGTERM');
    await server.line(/^stopping$/);
    socket.write(body);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"class":"b"');
    expect(await server.exit).toEqual([0, null]);
  });

  it('exits with 1 and one line when its port is taken or a setting is wrong', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const first = start({ MODEL_DIR: tmpdir(), PORT: String(port) });
    expect(await first.exit).toEqual([1, null]);
    expect(first.lines()).toMatchObject([{ level: 'fatal', msg: `port ${port} is taken by another program` }]);
    taken.close();

    const second = start({});
    expect(await second.exit).toEqual([1, null]);
    expect(second.lines()).toMatchObject([
      { level: 'fatal', msg: expect.stringMatching(/^MODEL_DIR and MODEL_SOURCE are not set/) },
    ]);
  });
});
