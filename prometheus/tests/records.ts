import type { Series } from './alert-test.ts';
import type { RecordTest } from './record-test.ts';

/** Two gateways on one database, as Prometheus sees them in a cluster. */
const pods = ['gateway-a', 'gateway-b'] as const;
const labels = (pod: string) => `job="gateway",instance="${pod}:5000",pod="${pod}",namespace="coppice"`;

/** The same samples of both gateways. */
const both = (metric: string, selector: string, values: string): Series =>
  Object.fromEntries(pods.map((pod) => [`${metric}{${labels(pod)}${selector && `,${selector}`}}`, values]));

/** 10 requests in 10 seconds at each gateway: of v1 6, one of which fails; of v2 3; one is the client's fault. */
const requests: Series = {
  ...both('prediction_requests_total', '', '0+10x60'),
  ...both('model_version_requests_total', 'version="v1"', '0+6x60'),
  ...both('model_version_requests_total', 'version="v2"', '0+3x60'),
  ...both('prediction_errors_total', 'version="v1",reason="timeout"', '0+1x60'),
  ...both('prediction_errors_total', 'version="v1",reason="upstream"', '0x60'),
  ...both('prediction_errors_total', 'version="v2",reason="upstream"', '0x60'),
  ...both('prediction_errors_total', 'version="none",reason="invalid"', '0+1x60'),
  ...both('prediction_errors_total', 'version="none",reason="unavailable"', '0x60'),
};

/** 5 minutes in which gateway-b restarts: its counter begins at 0 again. */
const restarted: Series = {
  [`model_predictions_total{${labels('gateway-a')},version="v1",class="setosa"}`]: '0+10x60',
  [`model_predictions_total{${labels('gateway-b')},version="v1",class="setosa"}`]: '0+10x30 0+10x30',
};

const latency = (le: string, values: string) =>
  both('prediction_latency_seconds_bucket', `version="v1",le="${le}"`, values);

export const recordTests: Record<string, RecordTest> = {
  'requests by status add up to all requests': {
    rules: ['reference.yml'],
    series: requests,
    at: '5m',
    expects: {
      'sum by (model_version, status) (ml_requests_total)': [
        { labels: { model_version: 'v1', status: 'success' }, value: 300 },
        { labels: { model_version: 'v2', status: 'success' }, value: 180 },
        { labels: { model_version: 'v1', status: 'error' }, value: 60 },
        { labels: { model_version: 'v2', status: 'error' }, value: 0 },
        { labels: { model_version: 'none', status: 'error' }, value: 0 },
        { labels: { model_version: 'none', status: 'invalid' }, value: 60 },
      ],
      'round(sum(rate(ml_requests_total[5m])) - sum(rate(prediction_requests_total[5m])), 0.001)': [
        { labels: {}, value: 0 },
      ],
      'count by (pod) (ml_requests_total)': pods.map((pod) => ({ labels: { pod }, value: 6 })),
    },
  },
  'quantiles of the recorded histogram are those of ours': {
    rules: ['reference.yml'],
    series: {
      ...latency('0.05', '0+50x60'),
      ...latency('0.1', '0+90x60'),
      ...latency('0.25', '0+100x60'),
      ...latency('+Inf', '0+100x60'),
      ...both('prediction_latency_seconds_count', 'version="v1"', '0+100x60'),
      ...both('prediction_latency_seconds_sum', 'version="v1"', '0+6x60'),
    },
    at: '5m',
    expects: {
      'histogram_quantile(0.95, sum by (model_version, le) (rate(ml_request_duration_seconds_bucket[5m])))': [
        { labels: { model_version: 'v1' }, value: 0.175 },
      ],
      'round(100 * sum(rate(ml_request_duration_seconds_sum[5m])) / sum(rate(ml_request_duration_seconds_count[5m])), 0.001)':
        [{ labels: {}, value: 6 }],
    },
  },
  'a gateway that restarts loses no predictions': {
    rules: ['reference.yml'],
    series: restarted,
    at: '8m',
    expects: {
      'sum by (model_version, class) (rate(ml_predictions_total[5m]) * 300) > bool 580': [
        { labels: { model_version: 'v1', class: 'setosa' }, value: 1 },
      ],
      'round(sum(rate(ml_predictions_total[5m])) - sum(rate(model_predictions_total[5m])), 0.001)': [
        { labels: {}, value: 0 },
      ],
    },
  },
  'shares of two gateways are those of one': {
    rules: ['split.yml'],
    series: {
      ...both('model_traffic_weight', 'version="v1"', '90x60'),
      ...both('model_traffic_weight', 'version="v2"', '10x60'),
      ...both('model_version_requests_total', 'version="v1"', '0+9x60'),
    },
    at: '5m',
    expects: {
      'job_version:model_traffic_share:ratio{version="v2"}': [
        { labels: { __name__: 'job_version:model_traffic_share:ratio', job: 'gateway', version: 'v2' }, value: 0.1 },
      ],
      'job_version:model_version_requests:rate5m': [
        {
          labels: { __name__: 'job_version:model_version_requests:rate5m', job: 'gateway', version: 'v1' },
          value: 1.8,
        },
      ],
    },
  },
  'errors of two gateways are a share of the requests of both': {
    rules: ['traffic.yml'],
    series: requests,
    at: '5m',
    expects: {
      'job:prediction_requests_valid:rate5m': [
        { labels: { __name__: 'job:prediction_requests_valid:rate5m', job: 'gateway' }, value: 1.8 },
      ],
      'job:prediction_errors:ratio_rate5m * 9': [{ labels: { job: 'gateway' }, value: 1 }],
    },
  },
};
