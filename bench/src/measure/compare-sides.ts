import type { Lab } from '../lab/lab.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Row } from '../load/target.ts';
import type { RunningSide, Side, Used } from '../peers/sides.ts';

/** Microseconds of processor time per prediction of one side in one pair, over `requests` answers in `seconds`. */
export type Cost = { side: string; front: number; models: number; requests: number; seconds: number };

/** Costs of all sides, started together, at one number of connections. */
export type Pair = { connections: number; costs: Cost[] };

export type Plan = {
  pairs: number;
  /** Answered requests of each side in each pair. */
  requests: number;
  connections: readonly number[];
  /** Requests per second; undefined: each connection sends again once it is answered. */
  rate: number | undefined;
  /** Answered requests of fresh processes before the first is counted. */
  warmUp: number;
};

/** Turns that the sides take in a pair: A B, B A, A B, … so that a change of the machine meets both. */
const TURNS = 8;

/** At the next number of connections the code is already warm. */
const WARM_UP_AGAIN = 4000;

/**
 * Starts all sides afresh for each pair, because two processes of one program differ by some percent as long as they live,
 * and loads them in turn. What a request causes later, such as writing the record, counts for it.
 */
export async function compareSides(
  lab: Lab,
  sides: readonly Side[],
  plan: Plan,
  progress: (text: string) => void,
): Promise<Pair[]> {
  progress('a start of all sides that is not counted');
  const rows = await withSides(sides, (running) => rowsThatAllKnow(running.map(({ target }) => target)));
  const pairs: Pair[] = [];
  for (let number = 0; number < plan.pairs; number++)
    await withSides(sides, async (running) => {
      const loaded = running.map((side) => new LoadedSide(side, rows));
      for (const [i, connections] of plan.connections.entries()) {
        progress(`pair ${number + 1} of ${plan.pairs}: ${connections} connections`);
        for (const side of loaded) await side.connect(connections, i === 0 ? plan.warmUp : WARM_UP_AGAIN);
        for (let turn = 0; turn < TURNS; turn++) {
          const order = (number + turn) % 2 === 0 ? loaded : loaded.toReversed();
          for (const side of order) await side.take(Math.ceil(plan.requests / TURNS), plan.rate);
        }
        lab.mustLive();
        pairs.push({ connections, costs: await Promise.all(loaded.map((side) => side.disconnect())) });
      }
    });
  return pairs;
}

async function withSides<T>(sides: readonly Side[], act: (running: RunningSide[]) => Promise<T>): Promise<T> {
  const running = await Promise.all(sides.map((side) => side.start()));
  const result = await act(running);
  await Promise.all(running.map((side) => side.end()));
  return result;
}

class LoadedSide {
  readonly #side: RunningSide;
  readonly #rows: readonly Row[];
  #load: ClosedLoop | undefined;
  #connections = 0;
  #answered = 0;
  #counted = { requests: 0, seconds: 0, front: 0, models: 0 };

  constructor(side: RunningSide, rows: readonly Row[]) {
    this.#side = side;
    this.#rows = rows;
  }

  async connect(connections: number, warmUp: number): Promise<void> {
    this.#connections = connections;
    this.#load = new ClosedLoop(this.#side.target, { connections, rows: this.#rows });
    this.#counted = { requests: 0, seconds: 0, front: 0, models: 0 };
    await this.#send(warmUp, undefined);
  }

  /** Sends so many requests and adds what they cost. */
  async take(requests: number, rate: number | undefined): Promise<void> {
    const before = this.#side.used();
    const seconds = await this.#send(requests, rate);
    const after = this.#side.used();
    this.#counted.requests += requests;
    this.#counted.seconds += seconds;
    for (const part of ['front', 'models'] satisfies (keyof Used)[]) this.#counted[part] += after[part] - before[part];
  }

  async disconnect(): Promise<Cost> {
    await this.#load?.close();
    const { requests, seconds, front, models } = this.#counted;
    if (front + models === 0) throw new Error(`the kernel counted no processor time of ${this.#side.target.label}`);
    const micros = (used: number) => (1e6 * used) / requests;
    return { side: this.#side.target.name, front: micros(front), models: micros(models), requests, seconds };
  }

  async #send(requests: number, rate: number | undefined): Promise<number> {
    const { target } = this.#side;
    const began = performance.now();
    if (rate === undefined) await this.#load?.send(requests);
    else await openLoop(target, { rate, seconds: requests / rate, rows: this.#rows, connections: this.#connections });
    const seconds = (performance.now() - began) / 1000;
    this.#answered += requests;
    await this.#side.settled(this.#answered);
    return seconds;
  }
}
