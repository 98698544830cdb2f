import type { z } from 'zod';
import type { MlflowConfig } from './mlflow-config.ts';

/** The server cannot be reached, hangs, or fails: the same call may succeed later. One line, without the login. */
export class MlflowAwayError extends Error {}

/** The server refuses the call: repeating it does not help. `code` is MLflow's, such as `RESOURCE_DOES_NOT_EXIST`. */
export class MlflowRefusedError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** The server, or a proxy in front, refuses a file, such as one that is too large: others may still be sent. */
export class UploadRefusedError extends MlflowRefusedError {}

const SECONDS = 10;
/** A model of a few hundred megabytes, over a slow network. */
const FILE_SECONDS = 300;
/** Of what a server says about an error. */
const LONGEST_LINE = 300;

/** MLflow's REST API (https://mlflow.org/docs/latest/rest-api.html), and its artifacts through the server's own proxy. */
export class MlflowClient {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor({ url, login }: MlflowConfig) {
    this.url = url;
    this.#headers = login
      ? { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }
      : {};
  }

  /** Whether the server answers at all, sooner than a call would give up. Rejects with `MlflowAwayError`. */
  async reach(seconds = 3): Promise<void> {
    await this.#fetch('/health', seconds);
  }

  /** `path` such as `runs/create`. Rejects with `MlflowAwayError` and `MlflowRefusedError`. */
  async post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#fetch(`/api/2.0/mlflow/${path}`, SECONDS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return this.#read(path, answer, shape);
  }

  /** As `post`; of a list a query repeats its name. */
  async get<T>(path: string, query: Record<string, string>, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#fetch(`/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`, SECONDS);
    return this.#read(path, answer, shape);
  }

  /** Some changes are PATCH or DELETE, such as `model-versions/delete-tag`. */
  async change<T>(method: 'PATCH' | 'DELETE', path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#fetch(`/api/2.0/mlflow/${path}`, SECONDS, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return this.#read(path, answer, shape);
  }

  /** `place` as in `mlflow-artifacts:/1/RUN/artifacts`, the URI of a run; `name` with forward slashes below it. Rejects with `UploadRefusedError`, too. */
  async upload(place: string, name: string, bytes: Uint8Array): Promise<void> {
    const path = artifactPath(place, name);
    try {
      // the server guesses the type from the name
      await this.#fetch(path, FILE_SECONDS, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
    } catch (error) {
      if (!(error instanceof MlflowRefusedError)) throw error;
      throw new UploadRefusedError(`${name}: ${error.message}`, error.code);
    }
  }

  async download(place: string, name: string): Promise<Uint8Array> {
    return this.#fetch(artifactPath(place, name), FILE_SECONDS);
  }

  /** The body of the answer. */
  async #fetch(path: string, seconds: number, init: RequestInit = {}): Promise<Uint8Array> {
    let response: Response;
    let body: Uint8Array;
    try {
      response = await fetch(`${this.url}${path}`, {
        ...init,
        headers: { ...this.#headers, ...(init.headers as Record<string, string>) },
        redirect: 'error',
        signal: AbortSignal.timeout(seconds * 1000),
      });
      body = new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      const error = cause as Error;
      const why = error.name === 'TimeoutError' ? `no answer in ${seconds} s` : reason(error);
      throw new MlflowAwayError(`MLflow at ${this.url} cannot be reached: ${why}`, { cause });
    }
    if (response.ok) return body;
    const { error_code: code = String(response.status), message = textOf(body) } = parsed(body);
    const [first = ''] = String(message).split('\n');
    const line = `MLflow at ${this.url} answers ${response.status}: ${first.slice(0, LONGEST_LINE)}`;
    if (response.status >= 500 || response.status === 429) throw new MlflowAwayError(line);
    throw new MlflowRefusedError(line, String(code));
  }

  #read<T>(path: string, body: Uint8Array, shape: z.ZodType<T>): T {
    const found = shape.safeParse(parsed(body));
    if (!found.success)
      throw new MlflowAwayError(`MLflow at ${this.url} answers ${path} with something else than expected`);
    return found.data;
  }
}

/** The path of an artifact through the server. Throws for a place that the server does not keep itself. */
function artifactPath(place: string, name: string): string {
  const [, root] = /^mlflow-artifacts:\/+(?:[^/]+:\d+\/)?(.+)$/.exec(place) ?? [];
  if (root === undefined)
    throw new MlflowRefusedError(
      `the artifacts are at ${place}, not behind the server: start mlflow server with --artifacts-destination and without --no-serve-artifacts`,
      'UNSUPPORTED',
    );
  const parts = `${root.replace(/\/$/, '')}/${name}`.split('/').map(encodeURIComponent);
  return `/api/2.0/mlflow-artifacts/artifacts/${parts.join('/')}`;
}

const textOf = (body: Uint8Array) => Buffer.from(body).toString('utf8');

function parsed(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(textOf(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const reason = (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message);
