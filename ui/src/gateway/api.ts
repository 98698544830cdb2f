import type {
  AuditPage,
  ConfigPatch,
  ConfigView,
  DriftReport,
  HistoryPage,
  ModelCard,
  PerformanceReport,
  Prediction,
  PredictionBatch,
  Problem,
  Readiness,
  ShadowReport,
} from '@coppice/contract';

type Secrets = { adminToken: string | null; apiKey: string | null };

/** Secrets live here, in memory, and go only to this page's own origin. */
export const secrets: Secrets = { adminToken: null, apiKey: null };

/** What the gateway wants, and who is told when it refuses a request for lack of it. */
export const access = { keyNeeded: false, refused: (_secret: 'admin' | 'key') => {} };

/** A request that was not answered as hoped. `status` 0: no answer at all. `retryAfter` is in seconds. */
export class ApiError extends Error {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly errors: NonNullable<Problem['errors']>;

  constructor(
    status: number,
    detail: string,
    { retryAfter = null, errors = [] }: { retryAfter?: number | null; errors?: Problem['errors'] | undefined } = {},
  ) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
    this.errors = errors;
  }
}

/** What the page's own server knows of the parts behind it. */
export type Parts = { gateway: boolean; prometheus: boolean; prometheus_url: string | null; prometheus_port: number };

type Asking = { signal?: AbortSignal | undefined };
type PredictOptions = Asking & { user?: string; preview?: boolean; version?: string };

export const api = {
  config: (asking?: Asking) => get<ConfigView>('/api/config', asking),
  ready: (asking?: Asking) => get<Readiness>('/api/ready', { ...asking, accept: [503] }),
  modelInfo: (version?: string, asking?: Asking) => get<ModelCard>(`/api/model-info${query({ version })}`, asking),
  predict: (features: readonly number[], options: PredictOptions = {}) => predict<Prediction>({ features }, options),
  predictBatch: (instances: readonly (readonly number[])[], options: PredictOptions = {}) =>
    predict<PredictionBatch>({ instances }, options),
  predictions: (filters: Record<string, string | undefined>, asking?: Asking) =>
    get<HistoryPage>(`/api/predictions${query(filters)}`, { ...asking, client: true }),
  predictionsCsv: (filters: Record<string, string | undefined>) =>
    send(`/api/predictions${query({ ...filters, format: 'csv' })}`, { timeoutMs: 600_000, client: true }).then((r) =>
      r.blob(),
    ),
  feedback: (prediction_id: string, actual: string) =>
    send('/api/feedback', { method: 'POST', body: { prediction_id, actual }, client: true }),
  performance: (since: string, asking?: Asking) =>
    get<PerformanceReport>(`/api/performance${query({ since })}`, asking),
  drift: (asking?: Asking) => get<DriftReport>('/api/drift', asking),
  shadow: (asking?: Asking) => get<ShadowReport>('/api/shadow', { ...asking, client: true }),
  metrics: (asking?: Asking) => send('/api/metrics', { ...asking, accept: [] }).then((response) => response.text()),
  changeConfig: (patch: ConfigPatch) =>
    send('/api/config', { method: 'PATCH', body: patch, admin: true }).then((r) => r.json() as Promise<ConfigView>),
  audit: (before?: number, limit = 50, asking?: Asking) =>
    get<AuditPage>(`/api/audit${query({ limit: String(limit), before: before?.toString() })}`, {
      ...asking,
      admin: true,
    }).then((page) => page.audit),
  parts: (asking?: Asking) => get<Parts>('/status', asking),
  prometheus: <T>(name: string, parameters: Record<string, string> = {}, asking?: Asking) =>
    get<{ data: T }>(`/prometheus/api/v1/${name}${query(parameters)}`, asking).then((body) => body.data),
};

let clockOffset = 0;

/** The time of day at the server, milliseconds since the epoch, a second fine: a visitor's own clock may be wrong. */
export const serverNow = () => Date.now() + clockOffset;

/** A query string of what is not empty, with its question mark. */
export function query(parameters: Record<string, string | undefined>): string {
  const filled = Object.entries(parameters).filter((pair): pair is [string, string] => !!pair[1]);
  return filled.length ? `?${new URLSearchParams(filled)}` : '';
}

type Request = Asking & {
  method?: string;
  body?: unknown;
  /** Only for those who have the admin token. */
  admin?: boolean;
  /** Only for those who have an API key, when the gateway wants one; the admin token is one too. */
  client?: boolean;
  headers?: Record<string, string>;
  timeoutMs?: number;
  /** Statuses beside 2xx whose body is the answer. */
  accept?: number[];
};

async function get<T>(path: string, request: Request = {}): Promise<T> {
  return (await (await send(path, request)).json()) as T;
}

async function predict<T>(input: object, { user, preview, version, signal }: PredictOptions): Promise<T> {
  const response = await send('/api/predict', {
    method: 'POST',
    body: { ...input, ...(user ? { user } : {}), ...(preview ? { preview } : {}) },
    headers: version ? { 'X-Model-Version': version } : {},
    signal,
    client: true,
  });
  return (await response.json()) as T;
}

async function send(path: string, request: Request): Promise<Response> {
  const { method = 'GET', body, admin, headers, timeoutMs = 15_000, accept = [], signal } = request;
  const bearer = admin && secrets.adminToken;
  const key = secrets.apiKey ?? (access.keyNeeded ? secrets.adminToken : null);
  if (request.client && access.keyNeeded && !key) throw refusal('key', 'This gateway wants an API key.');
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      cache: 'no-store',
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
        ...(key && request.client ? { 'X-API-Key': key } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const late = (thrown as Error).name === 'TimeoutError';
    throw new ApiError(0, late ? `No answer within ${timeoutMs / 1000} s.` : 'The page server cannot be reached.');
  }
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (Number.isFinite(date) && Math.abs(date - serverNow()) > 1000) clockOffset = date - Date.now();
  if (response.ok || accept.includes(response.status)) return response;
  const error = await toApiError(response);
  if (error.status === 401) throw refusal(admin ? 'admin' : 'key', error.message);
  throw error;
}

function refusal(secret: 'admin' | 'key', detail: string): ApiError {
  access.refused(secret);
  return new ApiError(401, detail);
}

async function toApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { error?: string };
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new ApiError(response.status, body.detail ?? body.error ?? `The answer was ${response.status}.`, {
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    errors: body.errors,
  });
}
