import type { GatewayClient } from './gateway-client.ts';
import { count, type Tally } from './tally.ts';

type Item = { prediction_id: string; actual: string };
type Waiting = Item & { due: number; tries: number };

/** The record writes in batches, a fraction of a second after the answer: earlier feedback names an unknown prediction. */
const DELAY_MS = 1500;
const TRIES = 3;
const BATCH = 1000;

/** Sends the true classes to the gateway, in batches and a little later, so that predictions keep their pace. */
export class FeedbackSender {
  readonly #client: Pick<GatewayClient, 'post'>;
  readonly #tally: Pick<Tally, 'feedback'>;
  readonly #delayMs: number;
  readonly #waiting: Waiting[] = [];
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;

  constructor(client: Pick<GatewayClient, 'post'>, tally: Pick<Tally, 'feedback'>, delayMs = DELAY_MS) {
    this.#client = client;
    this.#tally = tally;
    this.#delayMs = delayMs;
    this.#timer = setInterval(() => {
      this.#sending ??= this.#sendDue().finally(() => {
        this.#sending = null;
      });
    }, delayMs / 3);
  }

  add(item: Item): void {
    this.#waiting.push({ ...item, due: performance.now() + this.#delayMs, tries: 0 });
  }

  /** Resolves once all feedback is sent or given up. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
    while (this.#waiting.length > 0) {
      const wait = (this.#waiting[0] as Waiting).due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await this.#sendDue();
    }
  }

  async #sendDue(): Promise<void> {
    const now = performance.now();
    for (;;) {
      const ready = this.#waiting.findIndex(({ due }) => due > now);
      const batch = this.#waiting.splice(0, Math.min(BATCH, ready < 0 ? this.#waiting.length : ready));
      if (batch.length === 0) return;
      const feedback = batch.map(({ prediction_id, actual }) => ({ prediction_id, actual }));
      const { status, kind } = await this.#client.post('/feedback', JSON.stringify({ feedback }));
      if (status === 200 || status === 201 || status === 202 || status === 204)
        this.#tally.feedback.sent += batch.length;
      else this.#again(batch, status, kind);
    }
  }

  #again(batch: Waiting[], status: number, kind: string): void {
    const due = performance.now() + this.#delayMs;
    for (const item of batch) {
      // a fresh id is unknown only because its row is not written yet
      if ((status === 404 || status === 503 || status === 0) && item.tries + 1 < TRIES)
        this.#waiting.push({ ...item, due, tries: item.tries + 1 });
      else count(this.#tally.feedback.failed, kind);
    }
  }
}
