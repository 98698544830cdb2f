import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { replayView } from '@coppice/contract';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReplayArguments } from './replay-arguments.ts';

let gateway: TestGateway;
let stop: () => Promise<void>;
beforeAll(async () => {
  const servers = [await startOipServer(), await startOipServer({ shift: 1 })];
  gateway = await startGateway({
    models: servers.map(({ url }) => url),
    env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', RECORD_FLUSH_MS: '10' },
  });
  stop = async () => {
    await gateway.stop();
    for (const server of servers) await server.stop();
  };
  let last = '';
  for (let i = 0; i < 100; i++) last = (await gateway.predict(i % 3)).body.prediction_id;
  const found = async () => (await gateway.get(`/predictions/${last}`)).status;
  await until(async () => expect(await found()).toBe(200));
});
afterAll(() => stop());

function start(...args: string[]) {
  const file = fileURLToPath(new URL('../replay.ts', import.meta.url));
  const child = spawn(process.execPath, [file, ...args, '--gateway', gateway.url], {
    env: { ...process.env, ADMIN_TOKEN: 'test-admin-token' },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += chunk));
  child.stderr.on('data', (chunk) => (text.err += chunk));
  const ended = new Promise<{ status: number; out: string; err: string }>((resolve) =>
    child.on('close', (status) => resolve({ status: status as number, ...text })),
  );
  return { child, text, ended };
}

describe('npm run replay', () => {
  it('shows the result as a table, and its progress beside it', async () => {
    const { status, out, err } = await start('--version', 'v2', '--since', '1h').ended;
    expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/^replay of v2 · done · /) });
    expect(out).toMatch(/rows +100 answered, 0 failed, 0 not replayable/);
    expect(out).toMatch(/against v1\n {2}agreement +0\.0 % \(0\.0 to 3\.7 %\) of 100 rows/);
    expect(out).toMatch(/v1 \\ v2 +class_0 +class_1 +class_2\n +class_0 +0 +34 +0\n/);
    expect(out).toContain('disagreements, the first 10:');
    expect(out).toMatch(/rollout +may not start with require: replay \(differs on 100 rows of v1, and no feedback/);
    expect(err).toMatch(/^0\.0 %, 0 rows/);
  });

  it('prints JSON for programs', async () => {
    const { status, out } = await start('--version', 'v2', '--since', '1h', '--limit', '7', '--json').ended;
    expect(status).toBe(0);
    expect(replayView.parse(JSON.parse(out))).toMatchObject({ rows: 7, limit: 7, state: 'done' });
  });

  it('cancels the replay at Ctrl-C, and shows what it has', async () => {
    const { child, text, ended } = start('--version', 'v2', '--since', '1h', '--rate', '5');
    await until(() => expect(text.err).toContain('%'));
    child.kill('SIGINT');
    const { status, out } = await ended;
    expect({ status, out }).toEqual({ status: 1, out: expect.stringMatching(/^replay of v2 · cancelled: admin@/) });
    const { replays } = (await gateway.get('/replay')).body;
    expect(replays[0].state).toBe('cancelled');
  });

  it.each([
    [['--since', '1h'], 2, 'replay: a version is required: --version v3 (npm run replay -- --help)'],
    [['--version', 'v2'], 2, 'replay: a period is required: --since 7d'],
    [['--version', 'v2', '--since', '1h', '--rate', 'fast'], 2, '--rate fast is not allowed'],
    [['--version', 'v9', '--since', '1h'], 1, 'replay: /version of the body must be one of v1, v2.'],
  ])('refuses %j in one line', async (args, status, message) => {
    const result = await start(...args).ended;
    expect(result).toEqual({ status, out: '', err: expect.stringContaining(message) });
  });

  it('reads its arguments', () => {
    expect(parseReplayArguments(['-h'], {})).toEqual({ do: 'help' });
    expect(parseReplayArguments(['--version', 'v3', '--since', '7d'], { GATEWAY_PORT: '5001' })).toEqual({
      do: 'start',
      gateway: 'http://127.0.0.1:5001',
      json: false,
      body: { version: 'v3', since: '7d', rate: 500, reason: 'replay of v3, from a terminal' },
    });
  });
});
