import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findVersions } from '@coppice/scripts/start/find-versions';
import type { Context } from '../context/context.ts';
import { root } from '../lab/root.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { syntheticRows, toCsv } from '../load/synthetic.ts';
import type { Row, Target } from '../load/target.ts';
import { measureInTurn, pick, type Rounds } from '../measure/measure-in-turn.ts';
import { startGateway, startModels } from '../peers/coppice.ts';
import { median, medianRatio } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const CONNECTIONS = [1, 32];

type Point = { target: Target; rows: Row[]; services: string[] };

/** More and more trees in a forest, two versions each. */
export async function trees(context: Context): Promise<Rounds> {
  const points: Point[] = [];
  for (const count of [10, 30, 100]) {
    const name = `trees-${count}`;
    const data = join(root, 'trainer/data/iris.csv');
    points.push(await startPoint(context, name, `${count} trees`, data, [`v1=${count}x7`, `v2=${count}x7`]));
  }
  return compare(context, 'trees in a forest (depth 7)', points);
}

/** More and more features. */
export async function columns(context: Context): Promise<Rounds> {
  const points: Point[] = [];
  for (const count of [4, 16, 64]) {
    const rows = syntheticRows(600, count);
    const data = join(context.lab.folder, `columns-${count}.csv`);
    writeFileSync(data, toCsv(rows));
    const forests = ['v1=50x5', 'v2=100x7'];
    points.push(await startPoint(context, `columns-${count}`, `${count} features`, data, forests, rows));
  }
  return compare(context, 'features of a row', points);
}

async function startPoint(
  { lab, progress }: Context,
  name: string,
  label: string,
  data: string,
  forests: readonly string[],
  candidates?: Row[],
): Promise<Point> {
  progress(`training and starting ${label}`);
  const out = lab.place(name);
  trainForests(data, out, forests, name);
  const models = await startModels(lab, name, findVersions(out));
  const { target } = await startGateway(lab, models, { name, label, model: name });
  const rows = await rowsThatAllKnow([target], candidates);
  return { target, rows, services: [name, ...models.map((model) => model.name)] };
}

export function trainForests(data: string, out: string, forests: readonly string[], name = 'iris'): void {
  const flags = forests.flatMap((forest) => ['--forest', forest]);
  const args = [join(root, 'trainer/src/main.ts'), '--data', data, '--out', out, '--name', name, ...flags];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function compare(context: Context, what: string, points: readonly Point[]): Promise<Rounds> {
  const { lab, print } = context;
  const targets = points.map(({ target }) => target);
  const rowsOf = (target: Target) => points.find((point) => point.target === target)?.rows ?? [];
  const rounds = await measureInTurn(context, targets, CONNECTIONS, rowsOf);
  for (const { services } of points) for (const service of services) await lab.end(service);
  const first = (targets[0] as Target).name;
  const lines = targets.map(({ name, label }) => {
    const perSecond = pick(rounds, name, 32, 'perSecond');
    const ratio = medianRatio(perSecond, pick(rounds, first, 32, 'perSecond'));
    const p50 = short(median(pick(rounds, name, 1, 'p50')));
    return [label, short(median(perSecond)), `${short(ratio)} ×`, short(median(pick(rounds, name, 32, 'p99'))), p50];
  });
  print(`\n${table([what, 'requests/s at 32', 'to the first', 'p99 ms at 32', 'p50 ms at 1'], lines)}`);
  return rounds;
}
