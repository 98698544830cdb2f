import { startModelServer } from '@coppice/testkit/model-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { requestLabels } from '../load/target.ts';
import { type RunningModel, startGateway } from './coppice.ts';

const lab = new Lab();
const servers: { stop(): Promise<void> }[] = [];
const models: RunningModel[] = [];

beforeAll(async () => {
  for (const version of ['v1', 'v2']) {
    const server = await startModelServer({ version });
    servers.push(server);
    models.push({ name: version, version, port: Number(new URL(server.url).port), startMs: 0 });
  }
});
afterAll(async () => {
  await lab.close();
  for (const server of servers) await server.stop();
});

it.each([
  ['nothing', { requests: 3, samples: 3 }],
  ['drift', { requests: 3, samples: 0 }],
  ['metrics', { requests: 0, samples: 3 }],
] as const)('a partial gateway leaves out %s and keeps the rest', async (without, seen) => {
  const name = `without-${without}`;
  const { target } = await startGateway(lab, models, { name, ...(without === 'nothing' ? {} : { without }) });
  const rows = [0, 1, 2].map((label) => [label, 0, 0, 0]);
  for (const row of rows) expect(await requestLabels(target, [row])).toEqual([row[0]]);
  const metrics = await (await fetch(`${target.url}/metrics`)).text();
  const value = (series: string) => Number(new RegExp(`^${series} (\\S+)$`, 'm').exec(metrics)?.[1]);
  expect({ requests: value('prediction_requests_total'), samples: value('model_drift_samples') }).toEqual(seen);
  await lab.end(name);
});
