import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigView, Readiness } from '@coppice/contract';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { onTestFinished } from 'vitest';
import { Program } from './program.ts';

const TOKEN = 'token-of-the-fault-tests';
const FEATURES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const CLASSES = ['setosa', 'versicolor', 'virginica'];

type Options = { versions?: number; env?: Record<string, string>; dataDir?: string };

/** Model servers and a gateway, each a process. All end with the test. */
export async function startStack({ versions = 2, env = {}, dataDir }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-faults-'));
  const models = Array.from({ length: versions }, (_, i) => modelServer(join(folder, `v${i + 1}`), `v${i + 1}`));
  const programs: Program[] = [...models];
  onTestFinished(async () => {
    for (const program of programs) await program.end();
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(models.map((model) => model.start()));
  const data = dataDir ?? join(folder, 'data');
  const gateway = await addGateway({ DATA_DIR: data, ...env });

  /** One more gateway in front of the same models. */
  async function addGateway(more: Record<string, string>): Promise<Gateway> {
    const urls = models.map((model, i) => [`MODEL_V${i + 1}_URL`, model.url]);
    const added = new Gateway({ ...Object.fromEntries(urls), ADMIN_TOKEN: TOKEN, ...more });
    programs.push(added);
    await added.start();
    await until('all versions are ready', async () => (await added.ready()).status === 'ready');
    return added;
  }

  return { models, gateway, addGateway, folder, database: join(data, 'coppice.db') };
}

export class Gateway extends Program {
  constructor(env: Record<string, string>) {
    super('gateway/src/main.ts', 'GATEWAY_PORT', env);
  }

  config(): Promise<ConfigView> {
    return this.get('/config');
  }

  async ready(): Promise<Readiness & { http: number }> {
    const response = await fetch(`${this.url}/ready`);
    return { ...((await response.json()) as Readiness), http: response.status };
  }

  async retune(patch: Record<string, unknown>): Promise<ConfigView> {
    const response = await fetch(`${this.url}/config`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ reason: 'fault test', ...patch }),
    });
    if (!response.ok) throw new Error(`PATCH /config answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as ConfigView;
  }

  /** GETs JSON as the operator. */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Sum over all series of a metric whose labels hold `labels`. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Time of the first log line with this message since `since`, in milliseconds since the epoch. */
  loggedAt(message: string, since: number): number | undefined {
    const line = this.log.find(({ msg, time }) => msg === message && Date.parse(time) >= since);
    return line && Date.parse(line.time);
  }
}

/** Checks every 20 ms. Throws after a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(holds, { what, everyMs: 20 });
}

function modelServer(folder: string, version: string): Program {
  writeFixtureModel(folder, { name: 'iris', version, features: FEATURES, classes: CLASSES, shift: 0 });
  return new Program('models/src/main.ts', 'PORT', { MODEL_DIR: folder, MODEL_NAME: 'iris', MODEL_VERSION: version });
}
