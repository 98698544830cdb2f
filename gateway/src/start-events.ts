import { hash } from 'node:crypto';
import type { ChangeStamps } from '@coppice/contract';
import type { Control } from './control/control.ts';
import { EventHub } from './events/event-hub.ts';
import type { ComparisonLooks } from './experiments/comparison-looks.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { usageCounters } from './metrics/usage-counters.ts';
import type { Releases } from './releases/releases.ts';
import { isOpen } from './rollout/rollout-phase.ts';

type Parts = {
  control: Pick<Control, 'view' | 'state'>;
  looks: Pick<ComparisonLooks, 'stamp'>;
  metrics: Pick<GatewayMetrics, 'registry'>;
  releases: Pick<Releases, 'revision'>;
  warnings: () => string[];
  /** Milliseconds between two looks at a rollout. */
  rolloutLookMs: number;
};

const LOOK_MS = 1000;

/** The hub behind `GET /events`, which looks every second while somebody listens. */
export function startEvents({ control, looks, metrics, releases, warnings, rolloutLookMs }: Parts): EventHub {
  const hub = new EventHub({
    sources: {
      config: () => control.view(),
      usage: () => usageCounters(metrics.registry),
      stamps: (): ChangeStamps => {
        const { revision, rollout } = control.state();
        // a rollout that runs is looked at again and again
        const looked = rollout && isOpen(rollout) ? Math.floor(Date.now() / rolloutLookMs) : 0;
        const ready = hash('sha256', JSON.stringify([control.view().versions, warnings()])).slice(0, 12);
        return {
          ready,
          comparison: looks.stamp,
          rollout: `${revision}-${looked}`,
          releases: String(releases.revision),
        };
      },
    },
  });
  const timer = setInterval(() => void hub.look(), LOOK_MS);
  timer.unref();
  return hub;
}
