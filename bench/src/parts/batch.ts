import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { needLinux, processorSeconds } from '../lab/processor-time.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { type Row, requestLabels, type Target } from '../load/target.ts';
import { wrk } from '../load/wrk.ts';
import { startGateway } from '../peers/coppice.ts';
import { startFlask } from '../peers/others.ts';
import { startNginx } from '../peers/proxies.ts';
import type { Measured } from '../report/bars.ts';
import { LEAST_FOR_95, medianInterval } from '../report/median-interval.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const SIZES = [1, 32, 1024];
const CONNECTIONS = 8;

/** What the gateway still writes to the record after its last answer counts for it. */
const SETTLE_MS = 300;

/** `cpuMicros`: processor time per row, model servers included. */
type Cell = { size: number; target: string; rowsPerSecond: number[]; p50: number[]; cpuMicros: number[] };

/** Rows per second and processor time per row with 1, 32 or 1,024 rows in a request. */
export async function batch(context: Context): Promise<{ measured: Measured; cells: Cell[] }> {
  needLinux('the part batch');
  const { lab, options, models, print, progress } = context;
  const { target: coppice } = await startGateway(lab, models);
  const targets = [coppice, await startNginx(lab, models), await startFlask(lab)];
  const rows = await rowsThatAllKnow(targets);
  const behind = models.map(({ name }) => name);
  const used = (target: string) =>
    (target === 'flask' ? [target] : [target, ...behind]).reduce(
      (sum, name) => sum + processorSeconds(lab.pid(name)),
      0,
    );
  // fewer have no interval
  const rounds = Math.max(options.rounds, LEAST_FOR_95);
  const cells: Cell[] = [];
  for (const size of SIZES) {
    const inBatches = targets.map((target) => batched(target, rows, size));
    const ofSize = targets.map(({ name }): Cell => ({ size, target: name, rowsPerSecond: [], p50: [], cpuMicros: [] }));
    cells.push(...ofSize);
    for (let round = 0; round < rounds; round++)
      for (const [i, target] of inBatches.entries()) {
        progress(`round ${round + 1} of ${rounds}: ${target.label}, ${size} rows a request`);
        await mustBeRight(targets[i] as Target, rows, size);
        const load = { connections: CONNECTIONS, rows: target.rows, folder: lab.folder };
        await sleep(SETTLE_MS);
        const before = used(target.name);
        const result = await wrk(target, { ...load, seconds: options.seconds, mode: 'measure' });
        await sleep(SETTLE_MS);
        ofSize[i]?.cpuMicros.push((1e6 * (used(target.name) - before)) / (result.requests * size));
        ofSize[i]?.rowsPerSecond.push(result.perSecond * size);
        ofSize[i]?.p50.push(result.p50);
      }
  }
  for (const name of ['gateway', 'nginx', 'flask']) await lab.end(name);

  const lines = cells.map((cell) => {
    const figures = [cell.rowsPerSecond, cell.p50, cell.cpuMicros].map((values) => short(median(values)));
    if (cell.target === 'gateway') return [`${cell.size}: Coppice`, ...figures];
    const [rate, cpu] = (['rowsPerSecond', 'cpuMicros'] as const).map((what) => {
      const { median: middle, low, high } = ratio(cells, cell.size, cell.target, what);
      return `${short(middle)} × (${short(low)} – ${short(high)})`;
    }) as [string, string];
    return [`${cell.size}: ${cell.target}`, ...figures, rate, cpu];
  });
  const head = ['rows/s', 'p50 ms', 'CPU µs a row', 'Coppice to it, rows/s', 'CPU'];
  print(`\n${table([`rows a request, ${CONNECTIONS} connections`, ...head], lines)}`);
  const to = (peer: string, size: number) => ratio(cells, size, peer, 'rowsPerSecond');
  const measured = { batch: { nginx32: to('nginx', 32), nginx1024: to('nginx', 1024), flask1024: to('flask', 1024) } };
  return { measured, cells };
}

/** Coppice ÷ a peer, over the rounds. */
function ratio(cells: readonly Cell[], size: number, peer: string, what: 'rowsPerSecond' | 'cpuMicros') {
  const of = (name: string) => cells.find((cell) => cell.size === size && cell.target === name)?.[what] ?? [];
  const others = of(peer);
  return medianInterval(of('gateway').map((value, round) => value / (others[round] as number)));
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
