import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';

export const endpoints = ['infer', 'predict'] as const;
export type Endpoint = (typeof endpoints)[number];

/** Why a request was not answered: its own fault, no model yet, or ours. */
export const errorReasons = ['bad_request', 'not_ready', 'internal'] as const;

export type Metrics = ReturnType<typeof createMetrics>;

/** The model server's metrics, all prefixed `model_server_`, on the registry given. */
export function createMetrics(registry: Registry, isReady: () => boolean) {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'model_server_requests_total',
    help: 'Infer and predict requests answered, by endpoint and status code.',
    labelNames: ['endpoint', 'code'] as const,
    registers,
  });
  const rows = new Counter({
    name: 'model_server_rows_total',
    help: 'Rows that the model answered.',
    registers,
  });
  const seconds = new Histogram({
    name: 'model_server_infer_seconds',
    help: 'Seconds that the model took for the rows of one request.',
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const errors = new Counter({
    name: 'model_server_errors_total',
    help: 'Infer and predict requests that were answered with an error, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  new Gauge({
    name: 'model_server_ready',
    help: '1 while the model is loaded, else 0.',
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });
  for (const endpoint of endpoints) requests.inc({ endpoint, code: '200' }, 0);
  for (const reason of errorReasons) errors.inc({ reason }, 0);
  const ok = { infer: requests.labels('infer', '200'), predict: requests.labels('predict', '200') };

  return {
    answered(endpoint: Endpoint, status: number) {
      if (status === 200) return ok[endpoint].inc();
      requests.inc({ endpoint, code: String(status) });
      errors.inc({ reason: status === 503 ? 'not_ready' : status >= 500 ? 'internal' : 'bad_request' });
    },
    inferred(count: number, took: number) {
      rows.inc(count);
      seconds.observe(took);
    },
  };
}
