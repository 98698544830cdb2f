import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { processorSeconds } from '../lab/processor-time.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Row, Target } from '../load/target.ts';
import { startGateway } from '../peers/coppice.ts';
import { recordedRows } from '../peers/recorded-rows.ts';
import type { Spread } from '../report/bars.ts';
import { LEAST_FOR_95, medianInterval } from '../report/median-interval.ts';
import { median } from '../report/stats.ts';

const CONNECTIONS = 32;
/** Single rounds differ by a third on a shared machine, and three percent matter. */
const ROUNDS = 41;
/** So many that the kernel's ticks of 10 ms do not show. */
const REQUESTS = 15_000;
/** A flush of the record, and a step of its retention, belong to the requests that caused them. */
const SETTLE_MS = 150;
const TRIM_RATE = 1000;
/** A record of 5,000,000 rows lasts for all rounds. */
const MOST_TRIM_SECONDS = 4;
/** Answers of a fresh gateway before its latencies count. Meanwhile it trims: 40,000 rows a second. */
const TRIM_WARM_UP = 3000;

/**
 * Processor time per prediction of two gateways with all their threads, in turn, and the ratio of the first to the second. Both have the
 * same model servers, which do not count: they know no record.
 */
export async function compareCosts(
  { lab, options, progress }: Pick<Context, 'lab' | 'options' | 'progress'>,
  targets: readonly [Target, Target],
  rows: readonly Row[],
): Promise<{ micros: [number, number]; ratio: Spread }> {
  const loops = targets.map((target) => new ClosedLoop(target, { connections: CONNECTIONS, rows }));
  const micros: [number[], number[]] = [[], []];
  for (const loop of loops) await loop.send(options.quick ? 2000 : 40_000);
  const rounds = options.quick ? 7 : ROUNDS;
  for (let round = 0; round < rounds; round++)
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      progress(`processor time, round ${round + 1} of ${rounds}`);
      const pid = lab.pid((targets[i] as Target).name);
      const before = processorSeconds(pid);
      await loops[i]?.send(REQUESTS);
      await sleep(SETTLE_MS);
      micros[i]?.push((1e6 * (processorSeconds(pid) - before)) / REQUESTS);
    }
  for (const loop of loops) await loop.close();
  lab.mustLive();
  const ratio = medianInterval(micros[0].map((one, round) => one / (micros[1][round] as number)));
  return { micros: [median(micros[0]), median(micros[1])], ratio };
}

/** p99 in milliseconds of each round. */
export type Tails = { trimming: number[]; keeping: number[]; ratio: Spread };

/**
 * p99 at a fixed rate while retention trims the record in `dataDir`, and while it does not, in turn: each time a fresh gateway
 * on the same record, so that nothing is trimmed beside the other.
 */
export async function compareTails(
  { lab, options, models, progress }: Context,
  dataDir: string,
  rows: readonly Row[],
): Promise<Tails> {
  const tails = { trimming: [] as number[], keeping: [] as number[] };
  const seconds = Math.min(options.seconds, MOST_TRIM_SECONDS);
  const limits = { trimming: 1, keeping: 100_000_000 };
  for (let round = 0; round < LEAST_FOR_95; round++)
    for (const what of round % 2 === 0 ? (['trimming', 'keeping'] as const) : (['keeping', 'trimming'] as const)) {
      progress(`p99 of a gateway that is ${what} rows, round ${round + 1} of ${LEAST_FOR_95}`);
      const env = { RECORD_MAX_ROWS: `${limits[what]}` };
      const { target } = await startGateway(lab, models, { name: what, label: what, env, dataDir });
      const warmUp = new ClosedLoop(target, { connections: CONNECTIONS, rows });
      await warmUp.send(options.quick ? 500 : TRIM_WARM_UP);
      await warmUp.close();
      const load = { rate: TRIM_RATE, seconds, rows, connections: CONNECTIONS };
      tails[what].push((await openLoop(target, load)).p99);
      await lab.end(what);
      // what was answered last is not yet trimmed, either
      if (what === 'trimming' && recordedRows(dataDir) <= TRIM_RATE * seconds)
        throw new Error('retention had nothing left to trim');
    }
  return { ...tails, ratio: medianInterval(tails.trimming.map((p99, i) => p99 / (tails.keeping[i] as number))) };
}
