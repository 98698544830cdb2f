/** The queries that a person on call runs first. */
export const usefulQueries = [
  { title: 'Requests per second', unit: '/s', query: 'sum(rate(prediction_requests_total[1m]))' },
  {
    title: 'Share of each version, 5 min',
    unit: 'share',
    query:
      'sum by (version) (rate(model_version_requests_total[5m])) / on() group_left() sum(rate(model_version_requests_total[5m]))',
  },
  {
    title: 'p95 latency by version, 5 min',
    unit: 's',
    query: 'histogram_quantile(0.95, sum by (le, version) (rate(prediction_latency_seconds_bucket[5m])))',
  },
  {
    title: 'Error share, 5 min',
    unit: 'share',
    query: 'sum(rate(prediction_errors_total{reason!="invalid"}[5m])) / sum(rate(prediction_requests_total[5m]))',
  },
  { title: 'Drift score', unit: '', query: 'model_drift_score' },
  {
    title: 'Failovers by version, 1 h',
    unit: '',
    query: 'sum by (from, to) (increase(prediction_failovers_total[1h]))',
  },
  {
    title: 'Feedback that agrees, 1 h',
    unit: 'share',
    query:
      'sum by (version) (increase(feedback_total{correct="true"}[1h])) / sum by (version) (increase(feedback_total[1h]))',
  },
] as const;
