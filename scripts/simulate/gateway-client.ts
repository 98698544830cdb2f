import { withoutPassword } from '@coppice/serverkit';
import { Pool } from 'undici';
import type { z } from 'zod';
import type { Options } from './options.ts';

/** An answer with any body, or none at all (`status` 0, `kind` says why). */
export type Answer = { status: number; body: unknown; kind: string };

/** Connections kept open to the gateway; further requests wait for a free one. */
const CONNECTIONS = 128;

/** Sends requests to a gateway over kept-alive connections. Never throws for failures of network or gateway. */
export class GatewayClient {
  readonly #pool: Pool;
  readonly #address: string;
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor({ gateway, apiKey, versionPin }: Pick<Options, 'gateway' | 'apiKey' | 'versionPin'>) {
    const { origin, pathname } = new URL(gateway);
    this.#pool = new Pool(origin, { connections: CONNECTIONS, headersTimeout: 30_000, bodyTimeout: 30_000 });
    this.#address = withoutPassword(gateway);
    this.#base = pathname === '/' ? '' : pathname;
    this.#headers = {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
      ...(versionPin === undefined ? {} : { 'x-model-version': versionPin }),
    };
  }

  post(path: string, body: string): Promise<Answer> {
    return this.#ask('POST', path, body);
  }

  /** A GET whose answer must have a known shape. Throws one line that says what is wrong. */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { status, body, kind } = await this.#ask('GET', path, null);
    if (status === 0) throw new Error(`no gateway answers at ${this.#address} (${kind}); npm start starts one`);
    if (status !== 200) throw new Error(`GET ${path}: ${kind}`);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new Error(`GET ${path}: not the answer of a Coppice gateway`);
    return parsed.data;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #ask(method: 'GET' | 'POST', path: string, body: string | null): Promise<Answer> {
    try {
      const answer = await this.#pool.request({ method, path: this.#base + path, headers: this.#headers, body });
      const text = await answer.body.text();
      return { status: answer.statusCode, ...read(answer.statusCode, text) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { status: 0, body: null, kind: code ?? message };
    }
  }
}

function read(status: number, text: string): Pick<Answer, 'body' | 'kind'> {
  try {
    const body: unknown = JSON.parse(text);
    const { title, detail } = (body ?? {}) as { title?: unknown; detail?: unknown };
    return { body, kind: [status, detail ?? title].filter(Boolean).join(' ') };
  } catch {
    return { body: null, kind: `${status}, not JSON` };
  }
}
