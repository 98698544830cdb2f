import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { residentMb } from '../lab/process-memory.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import type { Target } from '../load/target.ts';
import { wrk } from '../load/wrk.ts';
import { startGateway, startModels } from '../peers/coppice.ts';
import type { Measured } from '../report/bars.ts';
import { short, table } from '../report/table.ts';

type Result = { predictions: number; mb: Record<string, number> }[];

/** Rows of one request: ten million single requests would take ten minutes, and leave no more in memory. */
const ROWS = 100;
const SLICE_SECONDS = 2;

/** Memory after a million predictions and after ten million, in the same processes. */
export async function endless(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, print, progress } = context;
  const goals = options.quick ? [50_000, 500_000] : [1_000_000, 10_000_000];
  const models = await startModels(lab, 'endless');
  const { target } = await startGateway(lab, models);
  const rows = await rowsThatAllKnow([target]);
  const many = rows.map((row) => row.features).slice(0, ROWS);
  const batched: Target = { ...target, body: () => target.body(many) };
  const services = ['gateway', ...models.map(({ name }) => name)];
  const load = { connections: 32, seconds: SLICE_SECONDS, mode: 'measure' as const, rows, folder: lab.folder };

  const result: Result = [];
  let predictions = 0;
  for (const goal of goals) {
    while (predictions < goal) {
      progress(`${predictions.toLocaleString('en')} of ${goals.at(-1)?.toLocaleString('en')} predictions`);
      predictions += (await wrk(target, { ...load, seconds: 1 })).requests;
      predictions += (await wrk(batched, load)).requests * many.length;
    }
    // the same load before each reading: memory taken for a burst must not decide
    await wrk(target, { ...load, seconds: 5 });
    await sleep(2000);
    lab.mustLive();
    result.push({ predictions, mb: Object.fromEntries(services.map((name) => [name, residentMb(lab.pid(name))])) });
  }
  for (const name of services) await lab.end(name);

  const lines = result.map(({ predictions: n, mb }) => [
    n.toLocaleString('en'),
    ...services.map((s) => short(mb[s] ?? 0)),
  ]);
  print(`\n${table(['MB after predictions', ...services], lines)}`);
  const [before, after] = result.map(({ mb }) => mb) as [Record<string, number>, Record<string, number>];
  const growth = Math.max(...services.map((name) => (after[name] as number) / (before[name] as number)));
  return { measured: { memoryGrowth: growth }, result };
}
