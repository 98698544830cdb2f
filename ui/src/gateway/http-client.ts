import type { Problem } from '@coppice/contract';
import { ApiError } from './api-error.ts';

export type SecretKind = 'admin' | 'key';
export type Secrets = { readonly adminToken: string | null; readonly apiKey: string | null };

export type Access = {
  /** The present secrets; they go only to this page's own origin. */
  secrets(): Secrets;
  /** Called when a request is refused because this secret is missing or wrong. */
  onRefused(secret: SecretKind): void;
  fetch?: typeof fetch;
};

export type HttpRequest = {
  signal?: AbortSignal | undefined;
  method?: string;
  body?: unknown;
  /** Needs the admin token. */
  admin?: boolean;
  /**
   * Needs an API key if the gateway requires one; the admin token counts as one. `optional`: is answered without, but then
   * shows less.
   */
  client?: boolean | 'optional';
  headers?: Record<string, string>;
  timeoutMs?: number;
  /** Statuses other than 2xx whose body is an answer. */
  accept?: number[];
};

/** The only `fetch` of the page: adds the secrets, enforces time-outs, and turns every failure into an `ApiError`. */
export class HttpClient {
  /** Whether the gateway requires an API key. */
  keyNeeded = false;
  readonly #access: Access;
  readonly #fetch: typeof fetch;
  #clockOffset = 0;

  constructor(access: Access) {
    this.#access = access;
    this.#fetch = access.fetch ?? ((input, init) => fetch(input, init));
  }

  /** The time of day at the server, in milliseconds since the epoch, to the second: a visitor's own clock may be wrong. */
  serverNow(): number {
    return Date.now() + this.#clockOffset;
  }

  async get<T>(path: string, request: HttpRequest = {}): Promise<T> {
    return (await (await this.send(path, request)).json()) as T;
  }

  async send(path: string, request: HttpRequest): Promise<Response> {
    const secrets = this.#access.secrets();
    const response = await this.#answer(path, request);
    const date = Date.parse(response.headers.get('Date') ?? '');
    if (Number.isFinite(date) && Math.abs(date - this.serverNow()) > 1000) this.#clockOffset = date - Date.now();
    if (response.ok || request.accept?.includes(response.status)) return response;
    const error = await toApiError(response);
    // the refusal of a secret that the visitor has replaced meanwhile says nothing about the new one
    if (error.status === 401 && secrets === this.#access.secrets()) this.#report(request, secrets);
    throw error;
  }

  #report({ admin, client }: HttpRequest, { adminToken, apiKey }: Secrets): void {
    if (admin || (client && this.keyNeeded && apiKey === null && adminToken !== null)) this.#access.onRefused('admin');
    if (client) this.#access.onRefused('key');
  }

  async #answer(path: string, request: HttpRequest): Promise<Response> {
    const { method = 'GET', body, timeoutMs = 15_000, signal } = request;
    const headers = this.#headers(request);
    try {
      return await this.#fetch(path, {
        method,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
        cache: 'no-store',
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      const late = (thrown as Error).name === 'TimeoutError';
      throw new ApiError(0, late ? `No answer within ${timeoutMs / 1000} s.` : 'The page server cannot be reached.');
    }
  }

  #headers({ body, admin, client, headers }: HttpRequest): Record<string, string> {
    const { adminToken, apiKey } = this.#access.secrets();
    const key = apiKey ?? (this.keyNeeded ? adminToken : null);
    if (client === true && this.keyNeeded && !key) {
      this.#access.onRefused('key');
      throw new ApiError(401, 'This gateway requires an API key.');
    }
    return {
      // the page server sets it too; a proxy in front may send the page's requests straight to the gateway
      'X-Source': 'page',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(admin && adminToken ? { Authorization: `Bearer ${adminToken}` } : {}),
      ...(key && (client === true || (client && this.keyNeeded)) ? { 'X-API-Key': key } : {}),
      ...headers,
    };
  }
}

async function toApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { error?: string };
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new ApiError(response.status, body.detail ?? body.error ?? `The answer was ${response.status}.`, {
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    errors: body.errors,
  });
}
