import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { type Row, requestLabels, type Target } from '../load/target.ts';
import { wrk } from '../load/wrk.ts';
import { startGateway } from '../peers/coppice.ts';
import { startFlask } from '../peers/others.ts';
import { startNginx } from '../peers/proxies.ts';
import type { Measured } from '../report/bars.ts';
import { spreadOf } from '../report/spread-of.ts';
import { median, medianRatio } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const SIZES = [1, 32, 1024];
const CONNECTIONS = 8;

type Cell = { size: number; target: string; rowsPerSecond: number[]; p50: number[] };

/** Rows per second with 1, 32 or 1,024 rows in a request. */
export async function batch({
  lab,
  options,
  models,
  print,
  progress,
}: Context): Promise<{ measured: Measured; cells: Cell[] }> {
  const { target: coppice } = await startGateway(lab, models);
  const targets = [coppice, await startNginx(lab, models), await startFlask(lab)];
  const rows = await rowsThatAllKnow(targets);
  const cells: Cell[] = [];
  for (const size of SIZES) {
    const inBatches = targets.map((target) => batched(target, rows, size));
    const ofSize = targets.map(({ name }): Cell => ({ size, target: name, rowsPerSecond: [], p50: [] }));
    cells.push(...ofSize);
    for (let round = 0; round < options.rounds; round++)
      for (const [i, target] of inBatches.entries()) {
        progress(`round ${round + 1} of ${options.rounds}: ${target.label}, ${size} rows a request`);
        await mustBeRight(targets[i] as Target, rows, size);
        const load = { connections: CONNECTIONS, rows: target.rows, folder: lab.folder };
        const result = await wrk(target, { ...load, seconds: options.seconds, mode: 'measure' });
        ofSize[i]?.rowsPerSecond.push(result.perSecond * size);
        ofSize[i]?.p50.push(result.p50);
      }
  }
  for (const name of ['gateway', 'nginx', 'flask']) await lab.end(name);

  const lines = SIZES.map((size) => {
    const [first, ...others] = cells.filter((cell) => cell.size === size) as [Cell, ...Cell[]];
    const ratios = others.map((other) => `${short(medianRatio(first.rowsPerSecond, other.rowsPerSecond))} ×`);
    return [`${size}`, short(median(first.rowsPerSecond)), short(median(first.p50)), ...ratios];
  });
  const head = [`rows a request, ${CONNECTIONS} connections`, 'rows/s', 'p50 ms', 'to nginx', 'to Flask'];
  print(`\n${table(head, lines)}`);
  const at = (name: string, size: number) =>
    cells.find((cell) => cell.target === name && cell.size === size)?.rowsPerSecond ?? [];
  const to = (name: string, size: number) =>
    spreadOf(at('gateway', size).map((rows, round) => rows / (at(name, size)[round] as number)));
  const measured = { batch: { nginx32: to('nginx', 32), nginx1024: to('nginx', 1024), flask1024: to('flask', 1024) } };
  return { measured, cells };
}

/** The same target with requests of `size` rows. */
function batched(target: Target, rows: readonly Row[], size: number): Target & { rows: Row[] } {
  const fill = (first: number) =>
    Array.from({ length: size }, (_, i) => (rows[(first + i) % rows.length] as Row).features);
  const bodies = new Map<string, string>();
  const starts = rows.slice(0, 10);
  starts.forEach((row, i) => {
    bodies.set(row.features.join(), target.body(fill(i * 7)));
  });
  return { ...target, rows: starts, body: ([features = []]) => bodies.get(features.join()) as string };
}

async function mustBeRight(target: Target, rows: readonly Row[], size: number): Promise<void> {
  const asked = Array.from({ length: size }, (_, i) => rows[i % rows.length] as Row);
  const labels = await requestLabels(
    target,
    asked.map(({ features }) => features),
  );
  const wrong = asked.findIndex(({ label }, i) => label !== labels[i]);
  if (labels.length !== size || wrong >= 0) throw new Error(`${target.label}: row ${wrong} of ${size} is wrong`);
}
