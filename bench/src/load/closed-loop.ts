import { Pool } from 'undici';
import { faultOf } from './fault-of.ts';
import { post } from './post.ts';
import type { Row, Target } from './target.ts';

type Load = { connections: number; rows: readonly Row[] };

/** Clients on kept-alive connections, each of which sends its next request once its last is answered. */
export class ClosedLoop {
  readonly #target: Target;
  readonly #pool: Pool;
  readonly #connections: number;
  readonly #requests: { body: string; row: Row }[];
  #next = 0;

  constructor(target: Target, { connections, rows }: Load) {
    this.#target = target;
    this.#connections = connections;
    this.#pool = new Pool(target.url, { connections, pipelining: 1, headersTimeout: 20_000 });
    this.#requests = rows.map((row) => ({ body: target.body([row.features]), row }));
  }

  /** Sends exactly so many requests. Throws when one has no answer, another status than 200 or a wrong label. */
  async send(requests: number): Promise<void> {
    let left = requests;
    const client = async () => {
      while (left > 0) {
        left--;
        const { body, row } = this.#requests[this.#next++ % this.#requests.length] as { body: string; row: Row };
        const fault = faultOf(this.#target, await post(this.#pool, this.#target.path, body), row);
        if (fault) {
          left = 0;
          throw fault;
        }
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: this.#connections }, client));
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
