import type { AlertTests, Series } from './alert-test.ts';

const on = 'job="gateway",instance="gateway:5000"';
const up = { [`up{${on}}`]: '1x400' };

const rolledBack = (values: string): Series => ({
  [`rollout_changes_total{${on},to="rolled_back"}`]: values,
  [`rollout_changes_total{${on},to="running"}`]: '0+1x400',
});
const state = (self: string, human: string): Series => ({
  [`rollout_state{${on},state="running"}`]: '0x400',
  [`rollout_state{${on},state="paused_self"}`]: self,
  [`rollout_state{${on},state="paused_human"}`]: human,
});
const ignored = (violated: string, human: string): Series => ({
  ...state('0x400', human),
  [`rollout_guardrail_violated{${on},guardrail="errors"}`]: violated,
  [`rollout_guardrail_violated{${on},guardrail="slow"}`]: '0x400',
});
/** Held: nobody else's weights are in force, and there is no ready baseline to go back to. */
const held: Series = {
  ...ignored('1x60', '0x60'),
  [`rollout_state{${on},state="running"}`]: '1x60',
};

export const rollout: AlertTests = {
  rules: ['rollout.yml'],
  alerts: {
    RolloutRolledBack: {
      severity: 'warning',
      firing: {
        series: rolledBack('0x6 1x60'),
        at: '2m',
        fires: [{ job: 'gateway' }],
        words: [
          {
            summary: 'A rollout was rolled back',
            description:
              'The gateway gave all traffic of the candidate back to the baseline. GET /rollout has the numbers that decided.',
          },
        ],
      },
      justBelow: { series: rolledBack('1x60'), at: '5m' },
      beforeFor: '50s',
      noTraffic: { series: rolledBack('0x60'), at: '5m' },
      counterReset: { series: rolledBack('1x6 0x60'), at: '5m' },
      missingSeries: { series: up, at: '5m' },
      also: { 'half an hour later': { series: rolledBack('0x6 1x400'), at: '30m' } },
    },
    RolloutPaused: {
      severity: 'info',
      firing: {
        series: state('1x400', '0x400'),
        at: '31m',
        fires: [{ job: 'gateway', state: 'paused_self' }],
        words: [
          {
            summary: 'A rollout waits for a person',
            description: 'It is paused_self and goes on when somebody resumes, promotes or aborts it.',
          },
        ],
      },
      justBelow: { series: state('0x400', '0x400'), at: '31m' },
      beforeFor: '29m50s',
      noTraffic: { series: state('0x400', '0x400'), at: '40m' },
      counterReset: { series: state('1x60 0x400', '0x400'), at: '40m' },
      missingSeries: { series: up, at: '40m' },
      also: {
        "a person's weights": {
          series: state('0x400', '1x400'),
          at: '31m',
          fires: [{ job: 'gateway', state: 'paused_human' }],
        },
      },
    },
    RolloutGuardrailIgnored: {
      severity: 'critical',
      firing: {
        series: ignored('1x60', '1x60'),
        at: '1m',
        fires: [{ job: 'gateway', guardrail: 'errors' }],
        words: [
          {
            summary: 'The candidate of a rollout does harm and keeps its traffic',
            description:
              'The guardrail errors is violated, and the rollout does not take the traffic back: others changed the weights, or the baseline is not ready.',
          },
        ],
      },
      justBelow: { series: ignored('0x60', '1x60'), at: '2m' },
      beforeFor: '20s',
      noTraffic: { series: state('0x60', '1x60'), at: '2m' },
      counterReset: { series: ignored('1x2 0x60', '1x60'), at: '2m' },
      missingSeries: { series: up, at: '2m' },
      also: {
        'at one of two gateways, the one that looks': {
          series: {
            ...ignored('1x60', '1x60'),
            'rollout_state{job="gateway",instance="gateway-2:5000",state="paused_human"}': '1x60',
          },
          at: '2m',
          fires: [{ job: 'gateway', guardrail: 'errors' }],
        },
        'already rolled back': { series: ignored('1x60', '0x60'), at: '2m' },
        'held, its own weights in force': { series: held, at: '2m', fires: [{ job: 'gateway', guardrail: 'errors' }] },
      },
    },
  },
};
