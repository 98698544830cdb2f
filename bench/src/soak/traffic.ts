import { pace, realClock } from '@coppice/scripts/simulate/pace';
import { integer, MersenneTwister19937, real } from 'random-js';
import { Pool } from 'undici';
import type { Row } from '../load/target.ts';

export type Tally = {
  requests: number;
  /** Rows answered, which the record must hold. */
  rows: number;
  feedback: number;
  /** Bad requests that were refused, as they must be. */
  refused: number;
  /** What should not have happened, by kind. */
  errors: Map<string, number>;
};

type Kind = 'single' | 'named' | 'sticky' | 'pinned' | 'batch' | 'bad';
type Prediction = { prediction: number; prediction_id: string };

/** Cumulative shares of the kinds of requests. */
const mix: readonly [number, Kind][] = [
  [0.6, 'single'],
  [0.7, 'named'],
  [0.85, 'sticky'],
  [0.9, 'pinned'],
  [0.98, 'batch'],
  [1, 'bad'],
];
const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const FEEDBACK_SHARE = 0.02;
const JSON_HEADERS = { 'content-type': 'application/json' };

/** Sends mixed requests to a gateway and checks every answer. */
export class Traffic {
  readonly tally: Tally = { requests: 0, rows: 0, feedback: 0, refused: 0, errors: new Map() };
  readonly #pool: Pool;
  readonly #rows: readonly Row[];
  readonly #classes: readonly string[];
  readonly #engine = MersenneTwister19937.seed(7);
  #inFlight = 0;

  constructor(url: string, rows: readonly Row[], classes: readonly string[]) {
    this.#pool = new Pool(url, { connections: 64, headersTimeout: 20_000 });
    this.#rows = rows;
    this.#classes = classes;
  }

  /** Requests per second with `concurrency` always in flight. */
  async capacity(concurrency: number, seconds: number): Promise<number> {
    const before = this.tally.requests;
    const began = performance.now();
    const end = began + seconds * 1000;
    const one = async () => {
      while (performance.now() < end) await this.#send();
    };
    await Promise.all(Array.from({ length: concurrency }, one));
    return ((this.tally.requests - before) * 1000) / (performance.now() - began);
  }

  /** Sends at a rate until it is stopped, and waits for the last answers. */
  async run(rate: number, signal: AbortSignal): Promise<void> {
    const schedule = { rate, total: Number.MAX_SAFE_INTEGER };
    const waiting = new Set<Promise<void>>();
    const send = () => {
      const sent = this.#send().finally(() => waiting.delete(sent));
      waiting.add(sent);
    };
    await pace(schedule, { send, mayQueue: () => this.#inFlight < 2000, signal, clock: realClock });
    await Promise.all(waiting);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #send(): Promise<void> {
    this.#inFlight++;
    try {
      const share = real(0, 1)(this.#engine);
      const [, kind] = mix.find(([upTo]) => share <= upTo) as [number, Kind];
      await this.#check(kind);
    } catch (error) {
      this.#error((error as NodeJS.ErrnoException).code ?? (error as Error).message);
    } finally {
      this.#inFlight--;
    }
  }

  async #check(kind: Kind): Promise<void> {
    const rows = Array.from({ length: kind === 'batch' ? 10 : 1 }, () => this.#draw(this.#rows));
    const { body, headers } = this.#request(kind, rows);
    const { status, text } = await this.#post('/predict', body, headers);
    this.tally.requests++;
    if (kind === 'bad') {
      if (status === 400) this.tally.refused++;
      else this.#error(`a bad request was answered ${status}`);
      return;
    }
    if (status !== 200) return this.#error(`${kind}: ${status} ${text.slice(0, 120)}`);
    const answer = JSON.parse(text) as Prediction & { predictions?: Prediction[] };
    const predictions = answer.predictions ?? [answer];
    this.tally.rows += predictions.length;
    if (predictions.length !== rows.length || rows.some(({ label }, i) => predictions[i]?.prediction !== label))
      this.#error(`${kind}: a wrong label`);
    if (real(0, 1)(this.#engine) < FEEDBACK_SHARE)
      await this.#sendFeedback(predictions[0] as Prediction, rows[0] as Row);
  }

  #request(kind: Kind, rows: readonly Row[]): { body: unknown; headers?: Record<string, string> } {
    const features = (rows[0] as Row).features;
    switch (kind) {
      case 'named':
        return { body: { features: Object.fromEntries(NAMES.map((name, i) => [name, features[i]])) } };
      case 'sticky':
        return { body: { features, user: `user-${integer(1, 500)(this.#engine)}` } };
      case 'pinned':
        // v1, which is never restarted: a pin has nowhere else to go
        return { body: { features }, headers: { 'x-model-version': 'v1' } };
      case 'batch':
        return { body: { instances: rows.map((row) => row.features) } };
      case 'bad':
        return { body: { features: [1, 'two'] } };
      default:
        return { body: { features } };
    }
  }

  async #sendFeedback({ prediction_id }: Prediction, { label }: Row): Promise<void> {
    const { status, text } = await this.#post('/feedback', { prediction_id, actual: this.#classes[label] });
    if (status >= 200 && status < 300) this.tally.feedback++;
    else this.#error(`feedback: ${status} ${text.slice(0, 120)}`);
  }

  async #post(path: string, body: unknown, headers = {}): Promise<{ status: number; text: string }> {
    const answer = await this.#pool.request({
      path,
      method: 'POST',
      headers: { ...JSON_HEADERS, ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  #draw<T>(items: readonly T[]): T {
    return items[integer(0, items.length - 1)(this.#engine)] as T;
  }

  #error(kind: string): void {
    this.tally.errors.set(kind, (this.tally.errors.get(kind) ?? 0) + 1);
  }
}
