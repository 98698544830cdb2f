import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { wrk } from '../load/wrk.ts';
import { type CpuProfile, owners, timeByOwner } from '../measure/cpu-profile.ts';
import { startGateway } from '../peers/coppice.ts';
import { short, table } from '../report/table.ts';

type Result = { requests: number; micros: Record<string, number> };

const CONNECTIONS = 32;

/** What the gateway's main thread spends on one request at 32 connections, by V8's profiler, which itself costs some time. */
export async function budget({ lab, options, models, print, progress }: Context): Promise<Result> {
  const folder = lab.place('profile');
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=400'];
  const { target } = await startGateway(lab, models, { name: 'profiled', nodeOptions });
  const rows = await rowsThatAllKnow([target]);
  const load = { connections: CONNECTIONS, mode: 'measure' as const, rows, folder: lab.folder };
  progress('under load');
  await wrk(target, { ...load, seconds: options.seconds * 2 });
  const from = monotonicMicros();
  const { requests } = await wrk(target, { ...load, seconds: options.seconds * 2 });
  const until = monotonicMicros();
  // the profile is written when the process ends; the threads of the record write their own
  await lab.end('profiled');
  const profiles = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile,
  );
  const main = profiles.find(({ nodes }) =>
    nodes.some(({ callFrame }) => callFrame.url.endsWith('/gateway/src/app.ts')),
  );
  if (!main) throw new Error(`${profiles.length} profiles, and none of the gateway's main thread`);
  const times = timeByOwner(main, from, until);
  const micros = Object.fromEntries(owners.map((owner) => [owner, times[owner] / requests]));
  const total = Object.values(micros).reduce((sum, one) => sum + one, 0);
  const lines = [...Object.entries(micros), ['together', total] as const];
  print(
    `\n${table(
      ["the gateway's main thread, 32 connections", 'µs a request', '%'],
      lines.map(([owner, one]) => [owner, one.toFixed(1), short((100 * one) / total)]),
    )}`,
  );
  return { requests, micros };
}

/** The clock that V8's profiler uses. */
const monotonicMicros = () => Number(process.hrtime.bigint() / 1000n);
