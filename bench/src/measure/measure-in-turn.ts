import type { Context } from '../context/context.ts';
import { processorSeconds } from '../lab/processor-time.ts';
import type { Row, Target } from '../load/target.ts';
import { type WrkResult, wrk } from '../load/wrk.ts';

/** `cpuMicros`: processor time of the target's own processes, in µs per request; not that of what stands behind it. */
export type Result = WrkResult & { cpuMicros: number };

/** Results by target and connections, one per round. */
export type Rounds = Record<string, Record<number, Result[]>>;

/**
 * Loads targets with wrk in turn, A B C A B C …, each time after a second of warm-up in which every label is checked.
 */
export async function measureInTurn(
  { lab, options, progress }: Context,
  targets: readonly Target[],
  connections: readonly number[],
  rows: readonly Row[] | ((target: Target) => readonly Row[]),
): Promise<Rounds> {
  const results: Rounds = {};
  const total = options.rounds * connections.length * targets.length;
  let done = 0;
  for (let round = 0; round < options.rounds; round++)
    for (const count of connections)
      for (const target of targets) {
        progress(`${++done} of ${total}: ${target.label}, ${count} connections`);
        const own = typeof rows === 'function' ? rows(target) : rows;
        const load = { connections: count, rows: own, folder: lab.folder };
        await wrk(target, { ...load, seconds: 1, mode: 'check' });
        const before = processorSeconds(lab.pid(target.name));
        const result = await wrk(target, { ...load, seconds: options.seconds, mode: 'measure' });
        lab.mustLive();
        const used = processorSeconds(lab.pid(target.name)) - before;
        results[target.name] ??= {};
        const ofTarget = results[target.name] as Record<number, Result[]>;
        ofTarget[count] ??= [];
        ofTarget[count].push({ ...result, cpuMicros: (1e6 * used) / result.requests });
      }
  return results;
}

/** One number of each round. */
export function pick(rounds: Rounds, target: string, connections: number, what: keyof Result): number[] {
  return (rounds[target]?.[connections] ?? []).map((result) => result[what]);
}
