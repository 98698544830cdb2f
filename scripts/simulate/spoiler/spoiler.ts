import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Bad, harmless } from './bad.ts';
import { ClassFlips } from './class-flips.ts';
import { readOutputs, writeOutputs } from './infer-outputs.ts';
import { hasUnluckyRow } from './unlucky-row.ts';

/** What the spoiler did to a version since it was made bad. */
export type Spoiled = { requests: number; errors: number; rows: number; flipped: number };

type Target = { pool: Pool; base: string; flips: ClassFlips; bad: Bad; spoiled: Spoiled; taken: boolean };
type Deps = {
  /** Addresses of the versions' servers. */
  targets: Record<string, string>;
  log: { info(fields: object, message: string): void };
  random?: () => number;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

const BEAT_MS = 5000;
const NOT_PASSED_ON = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect']);
const LENGTH = 'inference-header-content-length';
const INFERENCE = /\/(infer|invocations)$/;

/**
 * Stands in front of the versions' servers, at `/versions/<version>`, and passes everything on. `POST /spoiled` with a
 * `Bad` per version spoils their answers to inference until that request's connection ends, however it ends: nothing stays bad.
 */
export class Spoiler {
  readonly #targets: Map<string, Target>;
  readonly #deps: Required<Deps>;

  constructor({ random = Math.random, now = Date.now, ...deps }: Deps) {
    this.#deps = { random, now, ...deps };
    this.#targets = new Map(
      Object.entries(deps.targets).map(([version, url]) => {
        const { origin, pathname } = new URL(url);
        const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
        const base = pathname.replace(/\/$/, '');
        return [
          version,
          { pool, base, flips: new ClassFlips(random), bad: harmless, spoiled: nothing(), taken: false },
        ];
      }),
    );
  }

  readonly handle: RequestListener = (req, res) => {
    this.#handle(req, res).catch(() => {
      // as a server that is down: the gateway must not take the spoiler's words for the version's
      res.destroy();
    });
  };

  async close(): Promise<void> {
    await Promise.all([...this.#targets.values()].map(({ pool }) => pool.destroy()));
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, version = '', path = '/'] = /^\/versions\/(v\d+)(\/.*)?$/.exec(req.url ?? '') ?? [];
    const target = this.#targets.get(version);
    if (target) return this.#forward(target, path, req, res);
    if (req.url === '/ready') return answer(res, 200, { status: 'ok' });
    if (req.url === '/spoiled' && req.method === 'GET') return answer(res, 200, this.#counts());
    if (req.url === '/spoiled' && req.method === 'POST') return this.#spoil(req, res);
    answer(res, 404, { detail: 'no such path' });
  }

  #counts(): Record<string, Spoiled> {
    return Object.fromEntries([...this.#targets].map(([version, { spoiled }]) => [version, spoiled]));
  }

  async #spoil(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // a page of another origin cannot send this type without asking first
    if (req.headers['content-type'] !== 'application/json') return answer(res, 415, { detail: 'must be JSON' });
    const asked = Object.entries(JSON.parse((await readAll(req)).toString()) as Record<string, Bad>);
    const unknown = asked.find(([version]) => !this.#targets.has(version))?.[0];
    const names = [...this.#targets.keys()].join(', ') || 'no version';
    if (unknown !== undefined) return answer(res, 400, { detail: `it stands in front of ${names}, not ${unknown}` });
    const targets = asked.map(([version, bad]) => ({ version, bad, target: this.#targets.get(version) as Target }));
    const taken = targets.find(({ target }) => target.taken)?.version;
    if (taken !== undefined) return answer(res, 409, { detail: `another command spoils ${taken} already` });
    for (const { version, bad, target } of targets) {
      Object.assign(target, { bad, spoiled: nothing(), taken: true });
      this.#deps.log.info({ version, ...bad }, 'spoils its answers');
    }
    // a connection on which nothing moves is closed after minutes
    const beat = setInterval(() => res.write('spoiling\n'), BEAT_MS);
    res.on('close', () => {
      clearInterval(beat);
      for (const { version, target } of targets) {
        Object.assign(target, { bad: harmless, taken: false });
        this.#deps.log.info({ version, ...target.spoiled }, 'passes its answers on unchanged again');
      }
    });
    res.writeHead(200, { 'content-type': 'text/plain' }).write('spoiling\n');
  }

  async #forward(target: Target, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { bad, spoiled, pool, base } = target;
    const body = await readAll(req);
    const inference = bad !== harmless && req.method === 'POST' && INFERENCE.test(path);
    if (inference) spoiled.requests++;
    if (inference && hasUnluckyRow(body, lengthOf(req.headers[LENGTH]), bad.errors, this.#deps.now())) {
      spoiled.errors++;
      return answer(res, 500, { error: 'npm run simulate --bad spoils this answer' });
    }
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const got = await pool.request({
      ...{ path: base + path, method: req.method as 'GET', signal: gone.signal, headers: passedOn(req.headers) },
      ...(body.length > 0 ? { body } : {}),
    });
    let sent: Sent = { body: Buffer.from(await got.body.bytes()), headerLength: lengthOf(got.headers[LENGTH]) };
    if (inference && got.statusCode === 200) {
      if (bad.flips > 0) sent = flip(target, sent);
      // a timer of 0 takes a millisecond as well, and most answers take no longer
      if (bad.latency > 1)
        await sleep((performance.now() - startedAt) * (bad.latency - 1), undefined, { signal: gone.signal });
    }
    const { headerLength } = sent;
    const headers = { ...passedOn(got.headers), ...(headerLength === undefined ? {} : { [LENGTH]: headerLength }) };
    res.writeHead(got.statusCode, { ...headers, 'content-length': sent.body.length }).end(sent.body);
  }
}

type Sent = { body: Buffer; headerLength: number | undefined };

/** An answer without tensors, such as MLflow's, stays what it is. */
function flip({ flips, bad, spoiled }: Target, { body, headerLength }: Sent): Sent {
  try {
    const infer = readOutputs(body, headerLength);
    const { rows, flipped } = flips.flip(infer, bad.flips);
    spoiled.rows += rows;
    spoiled.flipped += flipped;
    return flipped === 0 ? { body, headerLength } : { ...writeOutputs(infer) };
  } catch {
    return { body, headerLength };
  }
}

const nothing = (): Spoiled => ({ requests: 0, errors: 0, rows: 0, flipped: 0 });

const lengthOf = (header: string | string[] | undefined) => (header === undefined ? undefined : Number(header));

function passedOn(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !NOT_PASSED_ON.has(name)),
  ) as Record<string, string | string[]>;
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
