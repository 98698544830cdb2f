import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@coppice/gateway/config';
import { openGateway } from '@coppice/gateway/gateway';
import { serve } from '@coppice/serverkit';
import { pino } from 'pino';

type Options = {
  /** Addresses of v1, v2, … in order. */
  models: string[];
  /** Numbers per row. */
  features?: number;
  env?: Record<string, string>;
  random?: () => number;
  /** Each prediction goes through the app. Default: plain ones do not. */
  usualWay?: boolean;
};

// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely and check what they find
type Answer = { status: number; headers: Headers; body: any };

/** For tests: a whole gateway on a free port, with its own data folder. Keeps its log, down to trace. */
export async function startGateway({
  models,
  features = 2,
  env = {},
  random = Math.random,
  usualWay = false,
}: Options) {
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'coppice-gateway-'));
  const lines: string[] = [];
  const log = pino({ level: env.LOG_LEVEL ?? 'trace' }, { write: (line: string) => void lines.push(line) });
  const urls = Object.fromEntries(models.map((url, i) => [`MODEL_V${i + 1}_URL`, url]));
  const config = readConfig({
    ...{ MODEL_V2_URL: 'none', ...urls, DATA_DIR: dataDir, ADMIN_TOKEN: 'test-admin-token' },
    ...env,
  });
  const gateway = await openGateway(config, { log, random });
  await gateway.started;
  const serving = await serve(gateway.app, {
    ...{ port: 0, host: '127.0.0.1', clientTimeout: config.clientTimeoutMs },
    fastRoute: usualWay ? null : gateway.fastRoute,
  });
  const url = `http://127.0.0.1:${serving.port}`;

  /** Sends JSON; a string goes unchanged. */
  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  return {
    url,
    port: serving.port,
    dataDir,
    post,
    /** Predicts one row, whose class is its first feature. */
    predict: (first: number, headers?: Record<string, string>, more = {}) =>
      post('/predict', { features: [first, ...new Array(features - 1).fill(0)], ...more }, headers),
    async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
      const response = await fetch(url + path, { headers });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    patch: (path: string, body: unknown) =>
      fetch(url + path, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: 'Bearer test-admin-token' },
        body: JSON.stringify(body),
      }),
    /** The present value of one series, such as `prediction_requests_total` or `x_total{version="v1"}`. */
    async metric(series: string): Promise<number> {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      if (!line) throw new Error(`no series ${series}`);
      return Number(line.slice(series.length + 1));
    },
    logged: () => lines.join(''),
    /** `keepData`: leaves its data folder, for a look at it or another gateway. */
    async stop({ keepData = false } = {}) {
      gateway.endStreams();
      await serving.drain(1000);
      await gateway.close();
      if (!keepData) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;
