import { join } from 'node:path';
import { findVersions } from '@coppice/scripts/start/find-versions';
import type { Context } from '../context/context.ts';
import { needLinux } from '../lab/processor-time.ts';
import { root } from '../lab/root.ts';
import { compareSides, type Pair } from '../measure/compare-sides.ts';
import { coppiceSide } from '../peers/sides.ts';
import type { Measured } from '../report/bars.ts';
import { type MedianInterval, medianInterval } from '../report/median-interval.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';
import { trainForests } from './growth.ts';

const CONNECTIONS = 32;
/** Each of eight model servers gets an eighth of it, in batches, and must be compiled, too. */
const WARM_UP = 80_000;
const MOST_PAIRS = 8;
const MOST_REQUESTS = 16_000;
const points = [
  { name: 'one', label: '1 version', count: 1, idle: 0 },
  { name: 'two', label: '2 versions', count: 2, idle: 0 },
  { name: 'four', label: '4 versions', count: 4, idle: 0 },
  { name: 'eight', label: '8 versions', count: 8, idle: 0 },
  { name: 'idle', label: '1 version and 7 without weight', count: 8, idle: 7 },
] as const;

type Efficiency = Record<'two' | 'four' | 'eight' | 'idle', MedianInterval>;

/** Processor time per prediction of gateway and model servers with more and more versions of one size. */
export async function versions(
  context: Context,
): Promise<{ measured: Measured; result: { pairs: Pair[]; efficiency: Efficiency } }> {
  needLinux('the part versions');
  const { lab, options, print, progress } = context;
  progress('training 8 versions');
  const out = lab.place('versions');
  const forests = Array.from({ length: 8 }, (_, i) => `v${i + 1}=50x5`);
  trainForests(join(root, 'trainer/data/iris.csv'), out, forests);
  const trained = findVersions(out);
  const sides = points.map(({ name, label, count, idle }) => {
    const without = trained.slice(count - idle, count);
    const env = without.map(({ version }) => [`MODEL_${version.toUpperCase()}_WEIGHT`, '0']);
    return coppiceSide(lab, { name, label, versions: trained.slice(0, count), env: Object.fromEntries(env) });
  });
  const { pairs: wanted, requests } = options.processor;
  const plan = { connections: [CONNECTIONS], rate: undefined, warmUp: options.quick ? 2000 : WARM_UP };
  const counted = { pairs: Math.min(wanted, MOST_PAIRS), requests: Math.min(requests, MOST_REQUESTS) };
  const pairs = await compareSides(lab, sides, { ...plan, ...counted }, progress);
  const efficiency = Object.fromEntries(
    points.slice(1).map(({ name }) => {
      const one = costs(pairs, 'one');
      return [name, medianInterval(costs(pairs, name).map(({ total }, i) => (one[i]?.total ?? Number.NaN) / total))];
    }),
  ) as Efficiency;
  print(`\n${tableOf(pairs, efficiency)}`);
  return { measured: { versions: efficiency }, result: { pairs, efficiency } };
}

function tableOf(pairs: readonly Pair[], efficiency: Efficiency): string {
  const lines = points.map(({ name, label }) => {
    const of = costs(pairs, name);
    const columns = (['total', 'front', 'models', 'perSecond'] as const).map((what) =>
      short(median(of.map((cost) => cost[what]))),
    );
    if (name === 'one') return [label, ...columns];
    const ratio = efficiency[name];
    return [label, ...columns, `${ratio.median.toFixed(3)} ×`, `${ratio.low.toFixed(3)} – ${ratio.high.toFixed(3)}`];
  });
  const head = ['CPU µs a prediction', 'gateway', 'model servers', 'requests/s', 'efficiency to 1', '95 % interval'];
  return table([`versions, ${CONNECTIONS} connections`, ...head], lines);
}

const costs = (pairs: readonly Pair[], side: string) =>
  pairs
    .flatMap((pair) => pair.costs.filter((cost) => cost.side === side))
    .map(({ front, models, requests, seconds }) => {
      return { front, models, total: front + models, perSecond: requests / seconds };
    });
