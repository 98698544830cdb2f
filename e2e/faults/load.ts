import { setTimeout as sleep } from 'node:timers/promises';
import { RoundRobinPool } from 'undici';

/** Outcome of one request. Times are milliseconds since the epoch. */
export type Outcome = {
  sentAt: number;
  endedAt: number;
  /** 0: no answer came. */
  status: number;
  /** Why no answer came: the system's error code. */
  error: string | null;
  version: string | null;
  route: string | null;
  id: string | null;
  class: string | null;
  /** Number of the release that answered. */
  release: string | null;
  user: string | undefined;
  pin: string | undefined;
};

export type Ask = { user?: string; pin?: string };

/** A steady stream of predictions over kept-alive connections, sent by the clock regardless of answers. */
export class Load {
  readonly outcomes: Outcome[] = [];
  /** The largest delay of the load's own clock in milliseconds: how much the machine stalls programs. */
  worstStall = 0;
  readonly #rate: number;
  readonly #next: (n: number) => Ask;
  readonly #pool: RoundRobinPool;
  readonly #startedAt = Date.now();
  readonly #running: Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;
  #stoppedAt = 0;

  /** `rate`: requests per second. `connections` are used in turn. `next` gives the n-th request. */
  constructor(
    url: string,
    { rate, connections = 8, next = () => ({}) }: { rate: number; connections?: number; next?: (n: number) => Ask },
  ) {
    this.#pool = connect(url, connections);
    this.#rate = rate;
    this.#next = next;
    this.#running = this.#run();
  }

  /** Stops sending and waits for the requests under way. */
  async stop(): Promise<Outcome[]> {
    this.#stopped = true;
    await this.#running;
    await Promise.all(this.#underWay);
    await this.#pool.destroy();
    return this.outcomes;
  }

  /** Requests per second that were really sent. */
  get reached(): number {
    return Math.round((this.outcomes.length * 1000) / ((this.#stoppedAt || Date.now()) - this.#startedAt));
  }

  async #run(): Promise<void> {
    let sent = 0;
    let last = Date.now();
    while (!this.#stopped) {
      const now = Date.now();
      this.worstStall = Math.max(this.worstStall, now - last - 5);
      last = now;
      for (const due = ((now - this.#startedAt) * this.#rate) / 1000; sent < due; sent++) this.#send(this.#next(sent));
      await sleep(5);
    }
    this.#stoppedAt = Date.now();
  }

  #send(ask: Ask): void {
    const sending = predict(this.#pool, ask).then((outcome) => {
      this.outcomes.push(outcome);
      this.#underWay.delete(sending);
    });
    this.#underWay.add(sending);
  }
}

/** Kept-alive connections to one server, used in turn, so that none stays idle while there is load. */
export function connect(url: string, connections: number): RoundRobinPool {
  return new RoundRobinPool(url, { connections, pipelining: 1 });
}

/** One prediction. Never rejects. */
export async function predict(pool: RoundRobinPool, { user, pin }: Ask): Promise<Outcome> {
  const sentAt = Date.now();
  const asked = { sentAt, user, pin };
  try {
    const answer = await pool.request({
      path: '/predict',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(pin ? { 'x-model-version': pin } : {}) },
      body: JSON.stringify({ features: [1, 2, 3, 4], ...(user ? { user } : {}) }),
    });
    const body = (await answer.body.json()) as Record<string, string | undefined>;
    return {
      ...{ ...asked, endedAt: Date.now(), status: answer.statusCode, error: null },
      version: body.model_version ?? null,
      route: body.route ?? null,
      id: body.prediction_id ?? null,
      class: body.class ?? null,
      release: (answer.headers['x-model-release'] as string | undefined) ?? null,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      ...{ ...asked, endedAt: Date.now(), status: 0, error: code ?? message },
      ...{ version: null, route: null, id: null, class: null, release: null },
    };
  }
}

export const failed = ({ status }: Outcome): boolean => status !== 200;
/** The gateway did not listen: the request was never sent. */
export const refused = ({ error }: Outcome): boolean => error === 'ECONNREFUSED';

/** How often each kind of failure came, for messages. */
export function failures(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, error } of outcomes.filter(failed)) {
    const kind = error ?? String(status);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The q-quantile of the time to an answer, in milliseconds. */
export function latency(outcomes: readonly Outcome[], q: number): number {
  const times = outcomes.map(({ sentAt, endedAt }) => endedAt - sentAt).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0;
}
