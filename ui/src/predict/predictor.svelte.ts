import type { FeatureValue, ModelCard, Prediction } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import { retryDelay } from '../gateway/retry-delay.ts';
import { LatestWins } from './latest-wins.ts';
import { randomKey } from './random-key.ts';
import { startRow } from './typical-row.ts';

/** The value of an input: null is missing, undefined is unfinished, as while a number field is empty. */
export type Entry = FeatureValue | undefined;
type Answered = { prediction: Prediction; features: FeatureValue[]; ms: number; at: number };

/** At most ten previews in any second of a drag. */
const PREVIEW_SPACING_MS = 105;
/** How long keyboard input rests before it counts as released. */
const REST_MS = 800;
/** An answer that takes longer is said to be missing: the one that shows is to other inputs. */
const SLOW_MS = 700;

type Hooks = { settled(answered: Answered): void; recorded(answered: Answered): void };

/** The inputs of the Predict route and the newest answer to them. */
export class Predictor {
  readonly card: ModelCard;
  /** Where the inputs start, and return to. */
  readonly start: FeatureValue[];
  /** One per feature. */
  values = $state<Entry[]>([]);
  /** What each feature was before it became missing. */
  present = $state<FeatureValue[]>([]);
  answered = $state.raw<Answered | null>(null);
  error = $state.raw<ApiError | null>(null);
  recording = $state(false);
  /** The answer to the present inputs is overdue. */
  slow = $state(false);

  readonly features = $derived(complete(this.values));

  /** What a feature that is missing comes back as. */
  readonly #usual: FeatureValue[];
  readonly #hooks: Hooks;
  readonly #previews = new LatestWins<FeatureValue[]>((features) => this.#ask(features, true), PREVIEW_SPACING_MS);
  /** The sticky key of one gesture: a drag stays on one version, the next drag is assigned again. */
  #gesture = randomKey('page');
  #asked = 0;
  #shown = 0;
  #failures = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(card: ModelCard, { start, values }: { start: FeatureValue[]; values: readonly Entry[] }, hooks: Hooks) {
    this.card = card;
    this.start = start;
    this.#usual = startRow(card.features);
    this.#hooks = hooks;
    this.setAll(values);
  }

  change(index: number, value: Entry): void {
    this.values[index] = value;
    if (value !== null && value !== undefined) this.present[index] = value;
    this.preview();
  }

  /** Makes a feature missing, or what it was before. */
  setMissing(index: number, missing: boolean): void {
    this.change(index, missing ? null : this.present[index]);
  }

  setAll(values: readonly Entry[]): void {
    this.values = [...values];
    this.present = values.map((value, i) => value ?? (this.#usual[i] as FeatureValue));
    this.preview();
  }

  /** A row of values by feature name, as requests have it. */
  named(features: readonly FeatureValue[]): Record<string, FeatureValue> {
    return Object.fromEntries(this.card.features.map(({ name }, i) => [name, features[i] ?? null]));
  }

  preview(): void {
    clearTimeout(this.#rest);
    if (this.features) this.#previews.submit(this.features);
  }

  /** Retries a failed request at once. */
  retry(): void {
    if (this.error) this.preview();
  }

  /** Records a prediction after a short rest, for keys and number fields. */
  recordSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.record(this.#gesture), REST_MS);
  }

  /** Records a prediction when the slider is released, by the version that answered the drag. */
  release(): void {
    void this.record(this.#gesture);
  }

  /** Records a prediction; without a key it is assigned by weight. */
  async record(user?: string): Promise<void> {
    const features = this.features;
    if (!features) return;
    clearTimeout(this.#rest);
    this.#previews.clear();
    this.recording = true;
    await this.#ask(features, false, user);
    this.recording = false;
    this.#gesture = randomKey('page');
  }

  stop(): void {
    clearTimeout(this.#rest);
    clearTimeout(this.#retry);
    clearTimeout(this.#late);
    this.#previews.clear();
  }

  async #ask(
    features: FeatureValue[],
    preview: boolean,
    user: string | undefined = preview ? this.#gesture : undefined,
  ) {
    const turn = ++this.#asked;
    const start = performance.now();
    clearTimeout(this.#retry);
    this.#late ??= setTimeout(() => {
      this.slow = true;
    }, SLOW_MS);
    try {
      const prediction = await api.predict(this.named(features), { preview, ...(user ? { user } : {}) });
      if (turn < this.#shown) return;
      this.#shown = turn;
      this.#failures = 0;
      const answered = { prediction, features, ms: performance.now() - start, at: Date.now() };
      this.answered = answered;
      this.error = null;
      this.#hooks.settled(answered);
      if (!preview) this.#hooks.recorded(answered);
    } catch (thrown) {
      if (turn < this.#shown) return;
      this.error = thrown instanceof ApiError ? thrown : new ApiError(0, 'The answer could not be read.');
      this.#failures++;
      // only a preview is retried by itself: it changes nothing
      const mayPass = this.error.status === 0 || this.error.status === 429 || this.error.status >= 500;
      if (mayPass) this.#retry = setTimeout(() => this.preview(), retryDelay(this.#failures, this.error.retryAfter));
    } finally {
      if (turn === this.#asked) this.#endWait();
    }
  }

  #endWait(): void {
    clearTimeout(this.#late);
    this.#late = undefined;
    this.slow = false;
  }
}

function complete(values: readonly Entry[]): FeatureValue[] | null {
  return values.every((value) => value !== undefined) ? [...values] : null;
}
