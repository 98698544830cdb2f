import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Context } from '../context/context.ts';
import { needLinux } from '../lab/processor-time.ts';
import { compareSides } from '../measure/compare-sides.ts';
import { coppiceSide } from '../peers/sides.ts';
import type { Measured } from '../report/bars.ts';
import { LEAST_FOR_95, type MedianInterval, medianInterval } from '../report/median-interval.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../peers/count-rows.ts', import.meta.url));
/** The machine changes slowly, and a pair takes seconds. */
const PAIRS_PER_ROUND = 6;

type Result = {
  /** Microseconds per row, recorded with and without counting, in each pair of fresh processes. */
  pairs: { on: number; off: number }[];
  cost: MedianInterval;
  /** Microseconds per prediction of gateway and model servers together, at 32 connections. */
  whole: number;
};

/**
 * What the cells of the comparison cost: processor time per row of the record with them and without, in turn, beside that of a
 * whole prediction. A difference within one process shows far less than the noise between two gateways.
 */
export async function counting({
  lab,
  options,
  print,
  progress,
}: Context): Promise<{ measured: Measured; result: Result }> {
  needLinux('the part counting');
  const rows = options.quick ? 50_000 : 300_000;
  const count = Math.max(LEAST_FOR_95, options.rounds * PAIRS_PER_ROUND);
  const pairs: Result['pairs'] = [];
  for (let i = 0; i < count; i++) {
    progress(`pair ${i + 1} of ${count}`);
    const micros = async (epoch: 'on' | 'off') => {
      const folder = join(lab.folder, `counting-${i}-${epoch}`);
      const args = [program, '--folder', folder, '--rows', String(rows), '--epoch', epoch];
      const { stdout } = await run(process.execPath, args);
      return (JSON.parse(stdout) as { micros: number }).micros;
    };
    if (i % 2 === 0) pairs.push({ on: await micros('on'), off: await micros('off') });
    else {
      const off = await micros('off');
      pairs.push({ on: await micros('on'), off });
    }
  }
  const plan = { pairs: LEAST_FOR_95, requests: options.quick ? 1600 : 32_000, connections: [32], rate: undefined };
  const measured = await compareSides(
    lab,
    [coppiceSide(lab)],
    { ...plan, warmUp: options.quick ? 2000 : 25_000 },
    progress,
  );
  const whole = median(measured.flatMap(({ costs }) => costs.map(({ front, models }) => front + models)));
  const cost = medianInterval(pairs.map(({ on, off }) => on - off));
  const percent = (micros: number) => (100 * micros) / whole;
  print(
    `\n${table(
      ['counting for the comparison', 'CPU µs a prediction', '95 % interval'],
      [
        ['a row recorded with it', short(median(pairs.map(({ on }) => on))), ''],
        ['a row recorded without', short(median(pairs.map(({ off }) => off))), ''],
        ['its cost', cost.median.toFixed(2), `${cost.low.toFixed(2)} – ${cost.high.toFixed(2)}`],
        ['a whole prediction, 32 connections', short(whole), ''],
        [
          'its share',
          `${percent(cost.median).toFixed(1)} %`,
          `${percent(cost.low).toFixed(1)} – ${percent(cost.high).toFixed(1)} %`,
        ],
      ],
    )}`,
  );
  return { measured: { countingPercent: percent(cost.high) }, result: { pairs, cost, whole } };
}
