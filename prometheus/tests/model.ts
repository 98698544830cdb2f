import type { AlertTests, Series } from './alert-test.ts';

const gateway = { job: 'gateway', instance: 'gateway:5000' };
const on = 'job="gateway",instance="gateway:5000"';
/** A second gateway on the same database. */
const onSecond = (metric: string, labels = '') => `${metric}{job="gateway",instance="gateway-2:5000"${labels}}`;
const samples = `model_drift_samples{${on}}`;
const score = `model_drift_score{${on}}`;
const detected = `feature_drift_detected{${on},feature="petal_width"}`;
const mix = `prediction_drift_detected{${on}}`;
const up = { [`up{${on}}`]: '1x400' };

const feature = (drifted: string, rows: string): Series => ({
  [detected]: drifted,
  [`feature_drift_detected{${on},feature="petal_length"}`]: '0x60',
  [`feature_drift_score{${on},feature="petal_width",method="ks"}`]: '0.62x60',
  [samples]: rows,
});

/** The gateway's verdict on v1 and v2, and the requests assigned to them, at weights 90 and 10. */
const split = (differs: string, [v1, v2] = ['800x60', '200x60']): Series => ({
  [`model_split_differs{${on},version="v1"}`]: differs,
  [`model_split_differs{${on},version="v2"}`]: '0x60',
  [`model_split_assignments{${on},version="v1"}`]: v1 as string,
  [`model_split_assignments{${on},version="v2"}`]: v2 as string,
  [`model_traffic_weight{${on},version="v1"}`]: '90x60',
  [`model_traffic_weight{${on},version="v2"}`]: '10x60',
});

const shadow = (agree: string, disagree: string): Series => ({
  [`shadow_predictions_total{${on},version="v2",agreement="agree"}`]: agree,
  [`shadow_predictions_total{${on},version="v2",agreement="disagree"}`]: disagree,
  [`shadow_predictions_total{${on},version="v2",agreement="dropped"}`]: '0+100x400',
});

const feedback = (right: string, wrong: string): Series => ({
  [`feedback_total{${on},version="v2",correct="true"}`]: right,
  [`feedback_total{${on},version="v2",correct="false"}`]: wrong,
});

export const model: AlertTests = {
  rules: ['model.yml', 'split.yml'],
  alerts: {
    ModelDrift: {
      severity: 'warning',
      firing: {
        series: { [score]: '0.1x5 0.42x60', [samples]: '500x60' },
        at: '3m',
        fires: [gateway],
        words: [
          {
            summary: 'The inputs differ from the training data',
            description: 'The drift score is 0.42; 0.3 is the limit. It judges the last 500 predictions.',
          },
        ],
      },
      justBelow: { series: { [score]: '0.3x60', [samples]: '500x60' }, at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: { [score]: '0x60', [samples]: '0x60' }, at: '5m' },
      counterReset: { series: { [score]: '0.1x5 0x60', [samples]: '500x5 0+20x60' }, at: '5m' },
      missingSeries: { series: up, at: '5m' },
      also: {
        'too few samples': { series: { [score]: '0.9x60', [samples]: '29x60' }, at: '5m' },
        'two gateways, one of which has too few samples': {
          series: {
            [score]: '0.9x60',
            [samples]: '500x60',
            [onSecond('model_drift_score')]: '0.9x60',
            [onSecond('model_drift_samples')]: '29x60',
          },
          at: '5m',
          fires: [gateway],
        },
      },
    },

    FeatureDrift: {
      severity: 'warning',
      firing: {
        series: feature('0x5 1x60', '500x60'),
        at: '3m',
        fires: [{ ...gateway, feature: 'petal_width' }],
        words: [
          {
            summary: 'The feature petal_width drifts',
            description:
              'petal_width differs from its training distribution. Its distance from the training data (Kolmogorov-Smirnov) is 0.62.',
          },
        ],
      },
      justBelow: { series: feature('0x60', '500x60'), at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: feature('0x60', '0x60'), at: '5m' },
      counterReset: { series: feature('1x3 0x60', '500x3 0+10x60'), at: '5m' },
      missingSeries: { series: up, at: '5m' },
      also: { 'too few samples': { series: feature('1x60', '29x60'), at: '5m' } },
    },

    PredictionDrift: {
      severity: 'warning',
      firing: {
        series: { [mix]: '0x5 1x60', [samples]: '500x60' },
        at: '3m',
        fires: [gateway],
        words: [
          {
            summary: 'A version predicts another mix of classes than expected',
            description:
              'The class mix of the last predictions at gateway:5000 differs from what the versions are expected to predict (500 predictions).',
          },
        ],
      },
      justBelow: { series: { [mix]: '0x60', [samples]: '500x60' }, at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: { [mix]: '0x60', [samples]: '0x60' }, at: '5m' },
      counterReset: { series: { [mix]: '1x3 0x60', [samples]: '500x3 0+10x60' }, at: '5m' },
      missingSeries: { series: up, at: '5m' },
      also: { 'too few samples': { series: { [mix]: '1x60', [samples]: '29x60' }, at: '5m' } },
    },

    SplitDiffersFromWeights: {
      severity: 'warning',
      firing: {
        series: split('0x5 1x60'),
        at: '3m',
        fires: [{ ...gateway, version: 'v1' }],
        words: [
          {
            summary: 'Share of v1 differs from its weight',
            description:
              'v1 was assigned 80% of the requests that weight or sticky key assigned since the weights last changed. By its weight it should be 90%.',
          },
        ],
      },
      justBelow: { series: split('0x60'), at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: split('0x60', ['0x60', '0x60']), at: '5m' },
      counterReset: { series: split('1x3 0x60', ['800x3 0x60', '200x3 0x60']), at: '5m' },
      missingSeries: { series: up, at: '5m' },
      also: {
        'one of two gateways': {
          series: {
            ...split('1x60'),
            [onSecond('model_split_differs', ',version="v1"')]: '0x60',
            [onSecond('model_split_assignments', ',version="v1"')]: '900x60',
          },
          at: '3m',
          fires: [{ ...gateway, version: 'v1' }],
        },
      },
    },

    SampleRatioMismatch: {
      severity: 'warning',
      firing: {
        series: { [`experiment_srm{${on},version="v2"}`]: '0x5 1x60', [`experiment_srm{${on},version="v3"}`]: '0x60' },
        at: '3m',
        fires: [{ job: 'gateway', version: 'v2' }],
        words: [
          {
            summary: 'Requests of v2 are not assigned by the weights',
            description:
              'The comparison of v2 with the baseline counts requests that were not assigned by the weights, so it names no better or worse version.',
          },
        ],
      },
      justBelow: { series: { [`experiment_srm{${on},version="v2"}`]: '0x60' }, at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: up, at: '5m' },
      counterReset: { series: { [`experiment_srm{${on},version="v2"}`]: '1x3 0x60' }, at: '5m' },
      missingSeries: { series: up, at: '5m' },
    },

    FeedbackMismatch: {
      severity: 'warning',
      firing: {
        series: {
          [`experiment_feedback_mismatch{${on},version="v2"}`]: '0x5 1x60',
          [`experiment_feedback_mismatch{${on},version="v3"}`]: '0x60',
        },
        at: '3m',
        fires: [{ job: 'gateway', version: 'v2' }],
        words: [
          {
            summary: "Answers of v2 do not get feedback as often as the baseline's",
            description:
              "Feedback comes for another share of the answers of v2 than of the baseline's, so that the comparison names neither as more accurate.",
          },
        ],
      },
      justBelow: { series: { [`experiment_feedback_mismatch{${on},version="v2"}`]: '0x60' }, at: '5m' },
      beforeFor: '1m50s',
      noTraffic: { series: up, at: '5m' },
      counterReset: { series: { [`experiment_feedback_mismatch{${on},version="v2"}`]: '1x3 0x60' }, at: '5m' },
      missingSeries: { series: up, at: '5m' },
    },

    ShadowDisagreement: {
      severity: 'warning',
      every: '1m',
      firing: {
        series: shadow('0+80x100', '0+20x100'),
        at: '40m',
        fires: [{ job: 'gateway', version: 'v2' }],
        words: [
          {
            summary: 'The shadow version v2 often disagrees',
            description:
              'v2 predicted another class than the live version for 20% of the rows of the last 30 minutes; 10 % is the limit.',
          },
        ],
      },
      justBelow: { series: shadow('0+901x100', '0+99x100'), at: '40m' },
      beforeFor: '5m',
      noTraffic: { series: shadow('800x100', '200x100'), at: '40m' },
      counterReset: { series: shadow('9000+95x20 0+95x80', '9000x20 0x80'), at: '40m' },
      missingSeries: { series: up, at: '40m' },
      also: { 'few comparisons': { series: shadow('0+1x100', '0+1x100'), at: '40m' } },
    },

    FeedbackAccuracyDrop: {
      severity: 'warning',
      every: '1m',
      firing: {
        series: feedback('0+9x180 1625+5x120', '0+1x180 185+5x120'),
        at: '240m',
        fires: [{ job: 'gateway', version: 'v2' }],
        words: [
          {
            summary: 'Accuracy of v2 dropped',
            description:
              "By feedback, v2 was correct in 50% of the last hour's predictions. Over the last day it was 80%.",
          },
        ],
      },
      justBelow: { series: feedback('0+90x180 16285+85x120', '0+10x180 1815+15x120'), at: '240m' },
      beforeFor: '185m',
      noTraffic: { series: feedback('900x300', '300x300'), at: '240m' },
      counterReset: { series: feedback('9000+9x180 0+9x120', '9000+1x180 0+1x120'), at: '240m' },
      missingSeries: { series: up, at: '240m' },
      also: {
        'with half of the feedback at each of two gateways': {
          series: {
            ...feedback('0+4x180 724+2x120', '0+1x180 182+2x120'),
            [onSecond('feedback_total', ',version="v2",correct="true"')]: '0+5x180 903+3x120',
            [onSecond('feedback_total', ',version="v2",correct="false"')]: '0x180 0+3x120',
          },
          at: '240m',
          fires: [{ job: 'gateway', version: 'v2' }],
        },
        'few answers': { series: feedback('0+9x180 1620x60', '0+1x180 180x40 180+1x20'), at: '240m' },
        'wrong from its first hour': { series: feedback('0+5x300', '0+5x300'), at: '240m' },
      },
    },

    RecordDropping: {
      severity: 'warning',
      firing: {
        series: { [`prediction_record_dropped_total{${on}}`]: '0x5 0+30x60' },
        at: '3m',
        fires: [gateway],
        words: [
          {
            summary: 'Predictions are answered but not recorded',
            description:
              '360 predictions of the last 5 minutes at gateway:5000 are missing from the record: history, feedback and drift are incomplete.',
          },
        ],
      },
      justBelow: { series: { [`prediction_record_dropped_total{${on}}`]: '40x60' }, at: '8m' },
      beforeFor: '1m20s',
      noTraffic: { series: { [`prediction_record_dropped_total{${on}}`]: '0x60' }, at: '8m' },
      counterReset: { series: { [`prediction_record_dropped_total{${on}}`]: '40x20 0x40' }, at: '5m' },
      missingSeries: { series: up, at: '8m' },
    },

    RecordNotWritable: {
      severity: 'warning',
      firing: {
        series: { [`prediction_record_writable{${on}}`]: '1x5 0x60' },
        at: '3m',
        fires: [gateway],
        words: [
          {
            summary: "The record's database cannot be written",
            description:
              'gateway:5000 has not been able to write its database for a minute: predictions wait in memory and the gateway drops them when there are too many, and changes of weights do not survive a restart.',
          },
        ],
      },
      justBelow: { series: { [`prediction_record_writable{${on}}`]: '1x5 0x5 1x60' }, at: '2m10s' },
      beforeFor: '1m50s',
      noTraffic: { series: { [`prediction_record_writable{${on}}`]: '1x60' }, at: '8m' },
      counterReset: { series: { [`prediction_record_writable{${on}}`]: '1x5 _x2 0x2 1x60' }, at: '2m10s' },
      missingSeries: { series: up, at: '3m' },
    },
  },
};
