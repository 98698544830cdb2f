import type {
  AuditPage,
  ComparisonReport,
  ConfigPatch,
  ConfigView,
  DriftReport,
  FeatureValue,
  FeedbackAnswer,
  HistoryPage,
  ModelCard,
  PerformanceReport,
  Prediction,
  PredictionBatch,
  Readiness,
  ReleasesAudit,
  ReleasesView,
  ReplayList,
  RetrainingView,
  RetrainJobView,
  RolloutChange,
  RolloutCommand,
  RolloutReport,
  RolloutStart,
  ShadowReport,
  SplitReport,
  TimelineReport,
} from '@coppice/contract';
import { type Access, HttpClient } from './http-client.ts';
import { query } from './query.ts';

/** State of the services, as the page server sees it. */
export type Parts = {
  gateway: boolean;
  prometheus: boolean;
  /** Prometheus has answered before: it is down rather than absent where it does not answer. */
  prometheus_seen: boolean;
  prometheus_url: string | null;
  prometheus_port: number;
};

/** The longest time that a timer of a browser knows. */
const LONG_MS = 2 ** 31 - 1;

export type ReleaseCommand = 'promote' | 'rollback' | 'approve' | 'reject' | 'alias';
/** Body of `POST /releases/{command}`. */
export type ReleaseChange = {
  reason: string;
  release?: number;
  approve?: boolean;
  alias?: 'challenger';
  revision?: number;
};

type Options = { signal?: AbortSignal | undefined };
type PredictOptions = Options & { user?: string; preview?: boolean; version?: string };
type Parameters = Record<string, string | null | undefined>;
/** Values by feature name. */
type Row = Readonly<Record<string, FeatureValue>>;

/**
 * All requests of the page, at addresses relative to it: it may lie below a prefix. Each client remembers separately whether the
 * gateway requires an API key.
 */
export function createApi(access: Access) {
  const http = new HttpClient(access);

  const noteKey = (view: ConfigView): ConfigView => {
    http.keyNeeded = view.auth.api_key;
    return view;
  };

  async function predict<T>(input: object, { user, preview, version, signal }: PredictOptions): Promise<T> {
    return http.get<T>('api/predict', {
      method: 'POST',
      body: { ...input, ...(user ? { user } : {}), ...(preview ? { preview } : {}) },
      headers: version ? { 'X-Model-Version': version } : {},
      signal,
      client: true,
    });
  }

  return {
    serverNow: () => http.serverNow(),
    config: (options?: Options) => http.get<ConfigView>('api/config', { ...options, client: 'optional' }).then(noteKey),
    changeConfig: (patch: ConfigPatch) =>
      http.get<ConfigView>('api/config', { method: 'PATCH', body: patch, admin: true }).then(noteKey),
    ready: (options?: Options) => http.get<Readiness>('api/ready', { ...options, accept: [503], client: 'optional' }),
    modelInfo: (version?: string, options?: Options) =>
      http.get<ModelCard>(`api/model-info${query({ version })}`, { ...options, client: true }),
    predict: (features: Row, options: PredictOptions = {}) => predict<Prediction>({ features }, options),
    predictBatch: (instances: readonly Row[], options: PredictOptions = {}) =>
      predict<PredictionBatch>({ instances }, options),
    predictions: (filters: Parameters, options?: Options) =>
      http.get<HistoryPage>(`api/predictions${query(filters)}`, { ...options, client: true }),
    predictionsCsv: (filters: Parameters) =>
      http
        .send(`api/predictions${query({ ...filters, format: 'csv' })}`, { timeoutMs: 600_000, client: true })
        .then((response) => response.blob()),
    feedback: (prediction_id: string, actual: string) =>
      http.get<FeedbackAnswer>('api/feedback', { method: 'POST', body: { prediction_id, actual }, client: true }),
    performance: (since: string, options?: Options) =>
      http.get<PerformanceReport>(`api/performance${query({ since })}`, { ...options, client: true }),
    timeline: (period: Parameters, options?: Options) =>
      http.get<TimelineReport>(`api/timeline${query(period)}`, { ...options, client: true }),
    comparison: (options?: Options) => http.get<ComparisonReport>('api/comparison', { ...options, client: true }),
    rollout: (options?: Options) => http.get<RolloutReport>('api/rollout', { ...options, client: true }),
    startRollout: (start: RolloutStart) =>
      http.get<RolloutReport>('api/rollout', { method: 'POST', body: start, admin: true }),
    changeRollout: (command: RolloutCommand, change: RolloutChange) =>
      http.get<RolloutReport>(`api/rollout/${command}`, { method: 'POST', body: change, admin: true }),
    /** Null from a gateway that knows no releases. */
    releases: (options?: Options) =>
      http
        .send('api/releases', { ...options, accept: [404], client: true })
        .then((answer) => (answer.status === 404 ? null : (answer.json() as Promise<ReleasesView>))),
    /** Null from a gateway that knows no retraining. */
    retraining: (options?: Options) =>
      http
        .send('api/retraining', { ...options, accept: [404], client: true })
        .then((answer) => (answer.status === 404 ? null : (answer.json() as Promise<RetrainingView>))),
    retrainingLog: (id: number, options?: Options) =>
      http.get<RetrainJobView>(`api/retraining/${id}`, { ...options, client: true }).then(({ log }) => log),
    changeReleases: (command: ReleaseCommand, body: ReleaseChange) =>
      http.send(`api/releases/${command}`, { method: 'POST', body, admin: true }).then(() => undefined),
    releasesAudit: (limit: number, options?: Options) =>
      http
        .get<ReleasesAudit>(`api/releases/audit${query({ limit: String(limit) })}`, { ...options, admin: true })
        .then(({ audit }) => audit),
    replays: (options?: Options) => http.get<ReplayList>('api/replay', { ...options, client: true }),
    drift: (options?: Options) => http.get<DriftReport>('api/drift', { ...options, client: true }),
    split: (options?: Options) => http.get<SplitReport>('api/split', { ...options, client: true }),
    shadow: (options?: Options) => http.get<ShadowReport>('api/shadow', { ...options, client: true }),
    metrics: (options: Options = {}) =>
      http.send('api/metrics', { ...options, client: http.keyNeeded }).then((response) => response.text()),
    audit: (before?: number, limit = 50, options?: Options) =>
      http
        .get<AuditPage>(`api/audit${query({ limit: String(limit), before: before?.toString() })}`, {
          ...options,
          admin: true,
        })
        .then((page) => page.audit),
    /** Server-sent events, for as long as they last. */
    events: (options: Options) => http.send('api/events', { ...options, timeoutMs: LONG_MS, client: true }),
    parts: (options?: Options) => http.get<Parts>('status', options),
    prometheus: <T>(name: string, parameters: Record<string, string> = {}, options?: Options) =>
      http
        .get<{ data: T }>(`prometheus/api/v1/${name}${query(parameters)}`, { ...options, client: true })
        .then((body) => body.data),
  };
}
