import type { AlertTests, Series } from './alert-test.ts';

const on = 'job="gateway",instance="gateway:5000"';
const version = { job: 'gateway', version: 'v1' };

/** Samples of the counters of requests and of errors by reason. */
const errors = (requests: string, failed: string, invalid = '0x400'): Series => ({
  [`prediction_requests_total{${on}}`]: requests,
  [`prediction_errors_total{${on},version="v1",reason="upstream"}`]: failed,
  [`prediction_errors_total{${on},version="none",reason="invalid"}`]: invalid,
});

/** Samples of the latency histogram; `one` is the bucket of one second, as this Prometheus writes it. */
const latency = (within: { '0.1': string; '1': string; '2.5': string }, one = '1'): Series => {
  const bucket = (le: string, values: string) => ({
    [`prediction_latency_seconds_bucket{${on},version="v1",le="${le}"}`]: values,
  });
  return {
    ...bucket('0.1', within['0.1']),
    ...bucket(one, within['1']),
    ...bucket('2.5', within['2.5']),
    ...bucket('+Inf', within['2.5']),
    [`prediction_latency_seconds_count{${on},version="v1"}`]: within['2.5'],
    ...errors(within['2.5'], '0x400'),
  };
};
const slow = (all: string, fast: string): Series => latency({ '0.1': fast, '1': all, '2.5': all });

export const objectives: AlertTests = {
  rules: ['objectives.yml', 'traffic.yml'],
  alerts: {
    HighErrorRate: {
      severity: 'critical',
      firing: {
        series: errors('0+100x60', '0+6x60'),
        at: '8m',
        fires: [{ job: 'gateway' }],
        words: [
          {
            summary: 'More than 5 % of predictions fail',
            description: '6% of the valid requests of the last 5 minutes failed.',
          },
        ],
      },
      justBelow: { series: errors('0+1000x60', '0+49x60'), at: '8m' },
      beforeFor: '1m',
      noTraffic: { series: errors('100x60', '60x60'), at: '8m' },
      counterReset: { series: errors('5000+100x20 0+100x40', '4000+1x20 0+1x40'), at: '5m' },
      missingSeries: { series: { [`prediction_requests_total{${on}}`]: '0+100x60' }, at: '8m' },
      also: {
        'the client is at fault': { series: errors('0+100x60', '0x60', '0+90x60'), at: '8m' },
        'all clients are at fault': { series: errors('0+100x60', '0x60', '0+100x60'), at: '8m' },
        'faults of clients do not dilute': {
          series: errors('0+100x60', '0+1x60', '0+90x60'),
          at: '8m',
          fires: [{ job: 'gateway' }],
        },
        'one error among few requests': { series: errors('0x20 10x60', '0x20 1x60'), at: '5m' },
      },
    },

    ErrorBudgetBurnFast: {
      severity: 'critical',
      every: '1m',
      firing: {
        series: errors('0+100x200', '0x60 30+30x140'),
        at: '70m',
        fires: [{ job: 'gateway', slo: 'errors' }],
        words: [
          {
            summary: "Errors spend the month's budget within days",
            description: '5% of the valid requests of the last hours failed; 0.1 % is the objective.',
          },
        ],
      },
      justBelow: { series: errors('0+1000x200', '0+5x200'), at: '180m' },
      beforeFor: '63m',
      noTraffic: { series: errors('9000x200', '900x200'), at: '120m' },
      counterReset: { series: errors('90000+100x60 0+100x140', '9000x60 0x140'), at: '70m' },
      missingSeries: { series: { [`prediction_requests_total{${on}}`]: '0+100x200' }, at: '120m' },
      also: {
        'the errors have stopped': { series: errors('0+100x200', '0x60 30+30x20 600x120'), at: '125m' },
        'few requests': { series: errors('0+1x200', '0+1x200'), at: '120m' },
        'slower, for six hours': {
          series: errors('0+1000x400', '0+8x400'),
          at: '360m',
          fires: [{ job: 'gateway', slo: 'errors' }],
        },
      },
    },

    ErrorBudgetBurnSlow: {
      severity: 'warning',
      every: '1m',
      firing: {
        series: errors('0+1000x400', '0+4x400'),
        at: '180m',
        fires: [{ job: 'gateway', slo: 'errors' }],
        words: [
          {
            summary: "Errors spend more than the month's budget",
            description: '0.4% of the valid requests of the last days failed; 0.1 % is the objective.',
          },
        ],
      },
      justBelow: { series: errors('0+10000x400', '0+9x400'), at: '390m' },
      beforeFor: '16m',
      noTraffic: { series: errors('9000x400', '900x400'), at: '180m' },
      counterReset: { series: errors('90000+1000x60 0+1000x140', '9000x60 0x140'), at: '180m' },
      missingSeries: { series: { [`prediction_requests_total{${on}}`]: '0+1000x200' }, at: '180m' },
      also: {
        'slowest, for days': {
          series: errors('0+1000x400', '0+2x400'),
          at: '390m',
          fires: [{ job: 'gateway', slo: 'errors' }],
        },
      },
    },

    HighLatency: {
      severity: 'warning',
      firing: {
        series: latency({ '0.1': '0+50x60', '1': '0+80x60', '2.5': '0+100x60' }),
        at: '8m',
        fires: [version],
        words: [
          {
            summary: 'Predictions of v1 are very slow',
            description: 'The 95th percentile of v1 over 5 minutes is 2.125s; 1 s is the limit.',
          },
        ],
      },
      justBelow: { series: latency({ '0.1': '0+50x60', '1': '0+96x60', '2.5': '0+100x60' }), at: '8m' },
      beforeFor: '2m',
      noTraffic: { series: latency({ '0.1': '50x60', '1': '80x60', '2.5': '100x60' }), at: '8m' },
      counterReset: {
        series: latency({ '0.1': '900+99x20 0+99x40', '1': '900+99x20 0+99x40', '2.5': '9000+100x20 0+100x40' }),
        at: '8m',
      },
      missingSeries: { series: errors('0+100x60', '0x60'), at: '8m' },
      also: {
        'as Prometheus 3 writes one second': {
          series: latency({ '0.1': '0+50x60', '1': '0+80x60', '2.5': '0+100x60' }, '1.0'),
          at: '8m',
          fires: [version],
        },
      },
    },

    LatencyBudgetBurnFast: {
      severity: 'critical',
      every: '1m',
      firing: {
        series: slow('0+100x200', '0+80x200'),
        at: '70m',
        fires: [{ job: 'gateway', slo: 'latency' }],
        words: [
          {
            summary: "Slow predictions spend the month's budget within days",
            description: '20% of the requests of the last hours took longer than 100 ms; 1 % is the objective.',
          },
        ],
      },
      justBelow: { series: slow('0+100x200', '0+95x200'), at: '180m' },
      beforeFor: '6m',
      noTraffic: { series: slow('9000x200', '900x200'), at: '120m' },
      counterReset: { series: slow('90000+100x60 0+100x140', '900+100x60 0+100x140'), at: '120m' },
      missingSeries: { series: errors('0+100x200', '0x200'), at: '120m' },
      also: {
        'slower, for six hours': {
          series: slow('0+100x400', '0+92x400'),
          at: '360m',
          fires: [{ job: 'gateway', slo: 'latency' }],
        },
      },
    },

    LatencyBudgetBurnSlow: {
      severity: 'warning',
      every: '1m',
      firing: {
        series: slow('0+100x400', '0+96x400'),
        at: '180m',
        fires: [{ job: 'gateway', slo: 'latency' }],
        words: [
          {
            summary: "Slow predictions spend more than the month's budget",
            description: '4% of the requests of the last days took longer than 100 ms; 1 % is the objective.',
          },
        ],
      },
      justBelow: { series: slow('0+1000x400', '0+991x400'), at: '390m' },
      beforeFor: '30m',
      noTraffic: { series: slow('9000x400', '900x400'), at: '180m' },
      counterReset: { series: slow('90000+100x60 0+100x340', '900+100x60 0+100x340'), at: '180m' },
      missingSeries: { series: errors('0+100x400', '0x400'), at: '180m' },
    },
  },
};
