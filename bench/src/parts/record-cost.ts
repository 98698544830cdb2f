import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { processorSeconds } from '../lab/processor-time.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Row, Target } from '../load/target.ts';
import type { Spread } from '../report/bars.ts';
import { spreadOf } from '../report/spread-of.ts';
import { median } from '../report/stats.ts';

const CONNECTIONS = 32;
/** Single rounds differ by a third on a shared machine, and three percent matter. */
const ROUNDS = 41;
/** So many that the kernel's ticks of 10 ms do not show. */
const REQUESTS = 15_000;
/** A flush of the record, and a step of its retention, belong to the requests that caused them. */
const SETTLE_MS = 150;
const TRIM_ROUNDS = 5;
const TRIM_SECONDS = 4;
const TRIM_RATE = 1000;

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
  const ratio = spreadOf(micros[0].map((one, round) => one / (micros[1][round] as number)));
  return { micros: [median(micros[0]), median(micros[1])], ratio };
}

/** Median of p99 of `trimming` ÷ that of `other`, at the same rate in turn. */
export async function compareTails(
  { progress }: Pick<Context, 'progress'>,
  trimming: Target,
  other: Target,
  rows: readonly Row[],
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < TRIM_ROUNDS; round++) {
    progress(`p99 while retention trims, round ${round + 1} of ${TRIM_ROUNDS}`);
    const p99: number[] = [];
    for (const target of [trimming, other])
      p99.push(
        (await openLoop(target, { rate: TRIM_RATE, seconds: TRIM_SECONDS, rows, connections: CONNECTIONS })).p99,
      );
    ratios.push((p99[0] as number) / (p99[1] as number));
  }
  return median(ratios);
}
