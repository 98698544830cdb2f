import type { AlertTests } from './alert-test.ts';

const gateway = { job: 'gateway', instance: 'gateway:5000' };
const on = 'job="gateway",instance="gateway:5000"';
const up = `up{${on}}`;
const requests = `prediction_requests_total{${on}}`;
const isUp = (version: string) => `model_version_up{${on},version="${version}"}`;
const weight = (version: string) => `model_traffic_weight{${on},version="${version}"}`;
const ejections = (version: string) => `model_version_ejections_total{${on},version="${version}"}`;

/** A second gateway on the same database. */
const second = { job: 'gateway', instance: 'gateway-2:5000' };
const onSecond = (metric: string, labels = '') => `${metric}{job="gateway",instance="gateway-2:5000"${labels}}`;

const bothUp = { [isUp('v1')]: '1x60', [isUp('v2')]: '1x60', [weight('v1')]: '50x60', [weight('v2')]: '50x60' };

export const availability: AlertTests = {
  rules: ['availability.yml'],
  alerts: {
    GatewayDown: {
      severity: 'critical',
      firing: {
        series: { [up]: '1x5 0x30' },
        at: '3m',
        fires: [{ job: 'gateway' }],
        words: [
          {
            summary: 'The gateway does not answer',
            description:
              'Prometheus has not reached gateway:5000 for a minute: clients get no predictions, and other alerts are unreliable.',
          },
        ],
      },
      justBelow: { series: { [up]: '1x5 0x5 1x30' }, at: '2m10s' },
      beforeFor: '1m50s',
      noTraffic: { series: { [up]: '1x60', [requests]: '7x60' }, at: '10m' },
      counterReset: { series: { [up]: '1x5 0x3 1x60', [requests]: '0+10x5 _x4 0+10x60' }, at: '3m' },
      missingSeries: { series: { 'up{job="model"}': '1x60' }, at: '3m', fires: [{ job: 'gateway' }] },
      also: {
        'one of two gateways answers': { series: { [up]: '0x60', [onSecond('up')]: '1x60' }, at: '5m' },
        'neither of two gateways answers': {
          series: { [up]: '0x60', [onSecond('up')]: '0x60' },
          at: '5m',
          fires: [{ job: 'gateway' }],
        },
      },
    },

    GatewayReplicaDown: {
      severity: 'warning',
      firing: {
        series: { [up]: '1x60', [onSecond('up')]: '1x5 0x30' },
        at: '3m',
        fires: [second],
        words: [
          {
            summary: 'One of several gateways does not answer',
            description: 'Prometheus has not reached gateway-2:5000 for a minute. Gateways that answer: 1.',
          },
        ],
      },
      justBelow: { series: { [up]: '1x60', [onSecond('up')]: '1x5 0x5 1x30' }, at: '2m10s' },
      beforeFor: '1m50s',
      noTraffic: { series: { [up]: '1x60', [onSecond('up')]: '1x60', [requests]: '7x60' }, at: '10m' },
      counterReset: { series: { [up]: '1x60', [onSecond('up')]: '1x5 0x3 1x60' }, at: '3m' },
      missingSeries: { series: { 'up{job="model"}': '1x60' }, at: '3m' },
      also: {
        'none answers, which is GatewayDown': { series: { [up]: '0x60', [onSecond('up')]: '0x60' }, at: '5m' },
        'a gateway was removed': { series: { [up]: '1x60', [onSecond('up')]: '1x5 stale' }, at: '5m' },
      },
    },

    AllVersionsDown: {
      severity: 'critical',
      firing: {
        series: { ...bothUp, [isUp('v1')]: '1x5 0x60', [isUp('v2')]: '1x5 0x60' },
        at: '3m',
        fires: [gateway],
        words: [
          {
            summary: 'No version with weight is up',
            description: '0 of the versions with a weight above 0 are up at gateway:5000: every prediction gets a 503.',
          },
        ],
      },
      justBelow: { series: { ...bothUp, [isUp('v1')]: '1x5 0x60' }, at: '3m' },
      beforeFor: '1m20s',
      noTraffic: { series: { ...bothUp, [requests]: '7x60' }, at: '10m' },
      counterReset: { series: { ...bothUp, [isUp('v1')]: '1x5 _x2 0 1x60', [isUp('v2')]: '1x5 _x2 0 1x60' }, at: '2m' },
      missingSeries: { series: { [up]: '1x60' }, at: '3m' },
      also: {
        'a version without weight is up': {
          series: { ...bothUp, [weight('v2')]: '0x60', [isUp('v1')]: '0x60' },
          at: '3m',
          fires: [gateway],
        },
        'one of two gateways reaches no version': {
          series: {
            ...bothUp,
            [onSecond('model_version_up', ',version="v1"')]: '0x60',
            [onSecond('model_traffic_weight', ',version="v1"')]: '50x60',
          },
          at: '3m',
          fires: [second],
        },
      },
    },

    VersionDown: {
      severity: 'warning',
      firing: {
        series: { ...bothUp, [isUp('v2')]: '1x5 0x60' },
        at: '3m',
        fires: [{ ...gateway, version: 'v2' }],
        words: [
          {
            summary: 'Version v2 is down',
            description: 'v2 has not been ready for a minute. Its weight is 50; the others take its share.',
          },
        ],
      },
      justBelow: { series: { ...bothUp, [isUp('v2')]: '1x5 0x5 1x60' }, at: '2m10s' },
      beforeFor: '1m50s',
      noTraffic: { series: { ...bothUp, [requests]: '7x60' }, at: '10m' },
      counterReset: { series: { ...bothUp, [isUp('v2')]: '1x5 _x2 0x2 1x60' }, at: '2m' },
      missingSeries: { series: { [up]: '1x60' }, at: '3m' },
    },

    VersionEjected: {
      severity: 'warning',
      firing: {
        series: { [ejections('v1')]: '0x60', [ejections('v2')]: '0x6 1 2x60' },
        at: '3m',
        fires: [{ ...gateway, version: 'v2' }],
        words: [
          {
            summary: 'Version v2 was taken out of traffic',
            description: 'v2 failed several consecutive requests and was ejected 2 times in the last 10 minutes.',
          },
        ],
      },
      justBelow: { series: { [ejections('v1')]: '0x60', [ejections('v2')]: '9x60' }, at: '3m' },
      beforeFor: '1m10s',
      noTraffic: { series: { [ejections('v2')]: '0x60', [requests]: '7x60' }, at: '10m' },
      counterReset: { series: { [ejections('v2')]: '9x6 0x60' }, at: '3m' },
      missingSeries: { series: { [up]: '1x60' }, at: '3m' },
    },

    NoTraffic: {
      severity: 'info',
      every: '1m',
      firing: {
        series: { [requests]: '0+10x10 100x60' },
        at: '31m',
        fires: [{ job: 'gateway' }],
        words: [
          {
            summary: 'No prediction requests',
            description: '0 prediction requests in the last 15 minutes, though there were some in the last day.',
          },
        ],
      },
      justBelow: { series: { [requests]: '0+10x10 100x16 101x40' }, at: '31m' },
      beforeFor: '28m',
      noTraffic: { series: { [requests]: '0x120' }, at: '60m' },
      also: {
        'the other gateway gets all requests': {
          series: { [requests]: '0+10x10 100x60', [onSecond('prediction_requests_total')]: '0+10x60' },
          at: '31m',
        },
      },
      counterReset: { series: { [requests]: '0+10x10 0+10x60' }, at: '31m' },
      missingSeries: { series: { [up]: '1x60' }, at: '31m' },
    },
  },
};
