/** Sends an event's text down one stream; false when its client does not keep up. */
export type Send = (text: string) => boolean;

/** What an event's data are now. */
export type EventSources = Readonly<Record<string, () => unknown>>;

/** Too many streams are open. */
export class TooManyStreamsError extends Error {}

type Options = {
  sources: EventSources;
  /** Streams at a time. */
  most?: number;
};

type Stream = { send: Send; end: () => void };

/**
 * Sends all streams what changed, in the format of server-sent events. Looks at its sources once for all of them, and only
 * while somebody listens; a source that fails is looked at again the next time.
 */
export class EventHub {
  readonly #options: Options;
  readonly #streams = new Set<Stream>();
  /** Text of each event as it was sent last. */
  readonly #last = new Map<string, string>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Sends what is known now, then what changes, until the function that it returns is called; `end` when the hub closes. */
  async open(send: Send, end: () => void): Promise<() => void> {
    const { most = 200 } = this.#options;
    if (this.#closed || this.#streams.size >= most)
      throw new TooManyStreamsError(`${most} streams of events are open, which is the most that this gateway has.`);
    const stream = { send, end };
    // counted before it waits, so that no more than allowed come in meanwhile
    this.#streams.add(stream);
    await this.look(stream);
    // it ended meanwhile: its answer takes no more
    if (!this.#streams.has(stream)) return () => {};
    const all = [...this.#last.values()].join('');
    if (!send(all)) this.#drop(stream);
    return () => this.#streams.delete(stream);
  }

  /** One look at all sources: sends what changed, then a beat. To all but `except`. */
  async look(except?: Stream): Promise<void> {
    if (this.#streams.size === 0) return;
    let text = '';
    for (const [name, source] of Object.entries(this.#options.sources)) {
      const found = await Promise.resolve()
        .then(source)
        .catch(() => undefined);
      if (found === undefined) continue;
      const event = `event: ${name}\ndata: ${JSON.stringify(found)}\n\n`;
      if (this.#last.get(name) === event) continue;
      this.#last.set(name, event);
      text += event;
    }
    text += 'event: beat\ndata:\n\n';
    for (const stream of this.#streams) if (stream !== except && !stream.send(text)) this.#drop(stream);
  }

  /** Ends all streams, and opens no more. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) this.#drop(stream);
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream);
    stream.end();
  }
}
