import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import type { Lab } from '../lab/lab.ts';
import { residentMb, watchMemory } from '../lab/process-memory.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { wrk } from '../load/wrk.ts';
import { startGateway, startModels, startPage } from '../peers/coppice.ts';
import { startFlask, startMlserver } from '../peers/others.ts';
import type { Measured } from '../report/bars.ts';
import { short, table } from '../report/table.ts';

type Result = Record<string, { restMb: number; singleMb: number; pageMb: number; batchesMb: number }>;

/** Resident memory of fresh processes: at rest, and the peak of each under one kind of load after another. */
export async function memory(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, print, progress } = context;
  // the first start after an install compiles everything, and keeps the memory that this takes; later starts do not
  progress('starting everything, twice');
  await endAll(lab, (await startOurs(context)).names);
  const { coppice, page, models, names } = await startOurs(context);
  const flask = await startFlask(lab);
  const mlserver = await startMlserver(lab);
  const all = [...names, 'flask', 'mlserver'];
  const pids = Object.fromEntries(all.map((name) => [name, lab.pid(name)]));
  const rows = await rowsThatAllKnow([coppice, flask, mlserver]);
  progress('at rest');
  await sleep(5000);
  const rest = Object.fromEntries(all.map((name) => [name, residentMb(pids[name] as number)]));

  const seconds = options.seconds * 3;
  const load = { seconds, mode: 'measure' as const, rows, folder: lab.folder };
  const many = rows.flatMap((row) => Array.from({ length: 10 }, () => row.features)).slice(0, 1024);
  const most: Record<string, number>[] = [];
  const watched = async (what: string, run: () => Promise<unknown>) => {
    progress(what);
    const watch = watchMemory(pids);
    await run();
    most.push(watch.stop());
  };
  await watched('single predictions', async () => {
    await wrk(coppice, { ...load, connections: 128 });
    for (const target of [flask, mlserver]) await wrk(target, { ...load, connections: 32 });
  });
  await watched('16 readers of the page', () => browse(page, seconds));
  await watched('batches of 1,024', () =>
    wrk({ ...coppice, body: () => coppice.body(many) }, { ...load, connections: 8 }),
  );
  lab.mustLive();
  await endAll(lab, all);

  const result: Result = {};
  for (const name of all) {
    const [restMb, singleMb, pageMb, batchesMb] = [rest, ...most].map((of) => of[name] as number);
    result[name] = { restMb, singleMb, pageMb, batchesMb } as Result[string];
  }
  const lines = Object.entries(result).map(([name, mb]) => [labelOf(name), ...Object.values(mb).map(short)]);
  const head = ['resident memory, MB', 'at rest', 'single predictions', '16 readers of the page', 'batches of 1,024'];
  print(`\n${table(head, lines)}`);
  const of = (name: string) => result[name] as Result[string];
  const measured = {
    memory: {
      gateway: of('gateway').singleMb,
      gatewayBatches: of('gateway').batchesMb,
      models: models.map(({ name }) => Math.max(of(name).singleMb, of(name).batchesMb)),
      page: of('ui').pageMb,
    },
  };
  return { measured, result };
}

async function startOurs({ lab }: Context) {
  const models = await startModels(lab, 'fresh');
  const { target: coppice } = await startGateway(lab, models);
  const { url: page } = await startPage(lab, coppice);
  return { coppice, page, models, names: [...models.map(({ name }) => name), 'gateway', 'ui'] };
}

async function endAll(lab: Lab, names: readonly string[]): Promise<void> {
  for (const name of names.toReversed()) await lab.end(name);
}

const labels: Record<string, string> = {
  ui: 'page server',
  flask: 'Flask, 2 workers and their parent',
  mlserver: 'MLServer and its worker',
};
const labelOf = (name: string) => labels[name] ?? name.replace('fresh-model-', 'model server ');

/** Reads the page, its scripts and what it polls, over and over. */
async function browse(url: string, seconds: number): Promise<void> {
  const html = await (await fetch(url)).text();
  const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path as string);
  const polled = ['/', ...assets, '/api/config', '/api/ready', '/api/drift', '/api/predictions?limit=100'];
  const end = Date.now() + seconds * 1000;
  const reader = async () => {
    while (Date.now() < end)
      for (const path of polled) {
        const answer = await fetch(url + path);
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`the page's ${path} answered ${answer.status}`);
      }
  };
  await Promise.all(Array.from({ length: 16 }, reader));
}
