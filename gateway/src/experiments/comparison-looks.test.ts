import type { ComparisonReport, ExperimentState } from '@coppice/contract';
import { until } from '@coppice/testkit/waiting/until';
import { expect, it } from 'vitest';
import { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { ComparisonLooks } from './comparison-looks.ts';

type Status = 'not enough data' | 'ok' | 'alarm';
const reportOf = (version: string, effect: number | null, status: Status) =>
  ({
    candidates: [
      {
        version,
        means: [{ metric: 'accuracy', effect, interval: effect === null ? null : [effect - 0.01, effect + 0.01] }],
        risks: [{ metric: 'errors', difference: null, difference_interval: null }],
        checks: { sample_ratio: { status }, feedback: { status: 'ok' } },
      },
    ],
  }) as unknown as ComparisonReport;

function setUp({
  holds = true,
  running = null as ExperimentState | null,
  report = reportOf('v2', 0.05, 'alarm'),
} = {}) {
  const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
  const asked: string[] = [];
  let current = report;
  const looks = new ComparisonLooks({
    comparison: {
      async look(state, keep) {
        asked.push(`${state?.name ?? 'weights'}${keep ? ', keeps' : ''}`);
        return state ? reportOf('v3', 0.01, 'ok') : current;
      },
    },
    experiments: {
      running: () => running,
      async endIfChanged() {
        asked.push('ends');
        return null;
      },
    },
    metrics,
    leases: { hold: async () => holds, release: async () => void asked.push('released') },
    log: { info: () => {}, debug: () => {} },
  });
  const series = async () => (await metrics.scrape()).split('\n').filter((line) => line.startsWith('experiment_'));
  return { looks, asked, series, now: (next: ComparisonReport) => (current = next) };
}

it('shows what is compared, and nothing of what has not enough data', async () => {
  const { looks, series, now } = setUp();
  expect(await series()).toEqual([]);
  await looks.look();
  expect(await series()).toEqual([
    'experiment_effect{metric="accuracy",version="v2"} 0.05',
    'experiment_effect_low{metric="accuracy",version="v2"} 0.04',
    expect.stringMatching(/^experiment_effect_high\{metric="accuracy",version="v2"\} 0.06/),
    'experiment_srm{version="v2"} 1',
    'experiment_feedback_mismatch{version="v2"} 0',
  ]);
  now(reportOf('v2', null, 'not enough data'));
  await looks.look();
  expect(await series()).toEqual(['experiment_feedback_mismatch{version="v2"} 0']);
});

it('shows the running experiment instead of the weights in force, and looks at both', async () => {
  const { looks, series, asked } = setUp({ running: { name: 'one' } as ExperimentState });
  await looks.look();
  expect(asked).toEqual(['ends', 'weights, keeps', 'one, keeps']);
  expect((await series())[0]).toBe('experiment_effect{metric="accuracy",version="v3"} 0.01');
});

it('keeps and ends nothing on a gateway that does not hold the lease, and shows the same', async () => {
  const { looks, series, asked } = setUp({ holds: false });
  await looks.look();
  expect(asked).toEqual(['weights']);
  expect(await series()).toHaveLength(5);
});

it('lets another gateway take over at its stop', async () => {
  const { looks, asked } = setUp();
  looks.start();
  await until(() => expect(asked).toContain('weights, keeps'));
  await looks.stop();
  expect(asked.at(-1)).toBe('released');
});
