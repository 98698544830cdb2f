import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../bars.ts';
import { rowsThatAllKnow } from '../common-rows.ts';
import type { Context } from '../context.ts';
import { startGateway, startModels, startPage } from '../peers/coppice.ts';
import { startFlask, startMlserver } from '../peers/others.ts';
import { residentMb, watchMemory } from '../process-memory.ts';
import { short, table } from '../table.ts';
import type { Row, Target } from '../target.ts';
import { wrk } from '../wrk.ts';

type Result = Record<string, { restMb: number; loadMb: number }>;

/** Resident memory of fresh processes at rest, and the most that each has under mixed load. */
export async function memory(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, print, progress } = context;
  const models = await startModels(lab, 'fresh');
  const { target: coppice } = await startGateway(lab, models);
  const page = await startPage(lab, coppice);
  const flask = await startFlask(lab);
  const mlserver = await startMlserver(lab);
  const ours = [...models.map(({ name }) => name), 'gateway', 'ui'];
  const pids = Object.fromEntries([...ours, 'flask', 'mlserver'].map((name) => [name, lab.pid(name)]));
  const rows = await rowsThatAllKnow([coppice, flask, mlserver]);
  progress('at rest');
  await sleep(5000);
  const rest = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentMb(pid)]));

  progress('under load');
  const watch = watchMemory(pids);
  const seconds = options.seconds * 3;
  await load(coppice, rows, seconds, lab.folder);
  await browse(page.url, seconds);
  for (const target of [flask, mlserver])
    await wrk(target, { connections: 32, seconds, mode: 'measure', rows, folder: lab.folder });
  const most = watch.stop();
  lab.mustLive();
  for (const name of [...ours, 'flask', 'mlserver'].reverse()) await lab.end(name);

  const result: Result = {};
  for (const name of Object.keys(pids)) result[name] = { restMb: rest[name] as number, loadMb: most[name] as number };
  print(
    `\n${table(
      ['resident memory, MB', 'at rest', 'most under load'],
      Object.entries(result).map(([name, { restMb, loadMb }]) => [labelOf(name), short(restMb), short(loadMb)]),
    )}`,
  );
  const loadMb = (name: string) => most[name] as number;
  const measured = {
    memory: { gateway: loadMb('gateway'), models: models.map(({ name }) => loadMb(name)), page: loadMb('ui') },
  };
  return { measured, result };
}

const labels: Record<string, string> = {
  ui: 'page server',
  flask: 'Flask, 2 workers and their parent',
  mlserver: 'MLServer and its worker',
};
const labelOf = (name: string) => labels[name] ?? name.replace('fresh-model-', 'model server ');

/** Single predictions at 128 connections, then batches of 1,024 rows, then single ones again. */
async function load(coppice: Target, rows: readonly Row[], seconds: number, folder: string): Promise<void> {
  const single = { connections: 128, seconds, mode: 'measure' as const, rows, folder };
  const many = rows.flatMap((row) => Array.from({ length: 10 }, () => row.features)).slice(0, 1024);
  await wrk(coppice, single);
  await wrk({ ...coppice, body: () => coppice.body(many) }, { ...single, connections: 8 });
  await wrk(coppice, single);
}

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
