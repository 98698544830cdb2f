import type { Context } from '../context/context.ts';
import { describeMachine } from '../lab/machine.ts';
import { needLinux } from '../lab/processor-time.ts';
import { root } from '../lab/root.ts';
import { type Cost, compareSides, type Pair, type Plan } from '../measure/compare-sides.ts';
import { openOldCheckout } from '../peers/old-checkout.ts';
import { coppiceSide, proxySides, type Side } from '../peers/sides.ts';
import type { Measured } from '../report/bars.ts';
import { LEAST_FOR_95, type MedianInterval, medianInterval } from '../report/median-interval.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

/** Processor time of the first side ÷ that of another, over the pairs. */
export type Ratio = { connections: number; to: string } & MedianInterval;

type Outcome = { plan: Plan; pairs: Pair[]; ratios: Ratio[] };
type Result = Outcome & { against: string | null; labels: string[][]; below?: Outcome };

/**
 * Until V8's compiler threads are quiet. The model servers behind Coppice come last: they get a tenth of the requests that those behind
 * a proxy do.
 */
const WARM_UP = 150_000;
/** Of the figure that no bar is about. */
const SHORT_WARM_UP = 60_000;

/**
 * Processor time per prediction of the whole server side, from the kernel, over a fixed number of answers: Coppice beside
 * nginx and HAProxy before the same model servers, or, with `--against`, this checkout beside another commit.
 */
export async function processor(context: Context): Promise<{ measured: Measured; result: Result }> {
  needLinux('the part processor');
  const { lab, options, print, progress } = context;
  const { against } = options;
  const sides = against === undefined ? [coppiceSide(lab), ...proxySides(lab)] : await commits(context, against);
  const compare = async (plan: Plan): Promise<Outcome> => {
    const pairs = await compareSides(lab, sides, plan, progress);
    const ratios = plan.connections.flatMap((connections) => ratiosAt(pairs, sides, connections));
    for (const connections of plan.connections) print(`\n${tableAt(pairs, sides, ratios, connections, plan.rate)}`);
    return { plan, pairs, ratios };
  };
  const asked = await compare({ ...options.processor, warmUp: options.quick ? 2000 : WARM_UP });
  const labels = sides.map(({ name, label }) => [name, label]);
  const result: Result = { ...asked, against: against ?? null, labels };
  const { plan, ratios } = asked;
  if (against === undefined) {
    // a figure beside the bars, which are about saturation
    if (plan.rate === undefined) result.below = await compare(belowSaturation(asked, sides));
    const ofBars = ratios.filter(({ to }) => to === 'haproxy' && plan.rate === undefined);
    return { measured: { processor: byConnections(ofBars) }, result };
  }
  const processorToOld = Object.fromEntries(ratios.map(({ connections, high }) => [connections, high]));
  return { measured: { processorToOld }, result };
}

const byConnections = (ratios: readonly Ratio[]) =>
  Object.fromEntries(ratios.map((ratio) => [ratio.connections, ratio]));

/** Half of what the slowest side answered on its first number of connections, in the fewest pairs with an interval. */
function belowSaturation({ plan, pairs }: Outcome, sides: readonly Side[]): Plan {
  const [connections = 32] = plan.connections;
  const rates = sides.map(({ name }) =>
    median(costs(pairs, name, connections).map(({ requests, seconds }) => requests / seconds)),
  );
  const rate = Math.max(1, Math.round(Math.min(...rates) / 2));
  return {
    ...{ ...plan, connections: [connections], rate, pairs: LEAST_FOR_95 },
    ...{ requests: Math.min(plan.requests, 16_000), warmUp: Math.min(plan.warmUp, SHORT_WARM_UP) },
  };
}

async function commits({ lab, progress }: Context, ref: string): Promise<Side[]> {
  progress(`checking out and installing ${ref}`);
  const old = await openOldCheckout(lab, root, ref);
  return [
    coppiceSide(lab, { name: 'new', label: `this checkout (${describeMachine(root).commit})` }),
    coppiceSide(lab, { name: 'old', label: `${ref} (${old.commit})`, checkout: old }),
  ];
}

function ratiosAt(pairs: readonly Pair[], sides: readonly Side[], connections: number): Ratio[] {
  const [first, ...others] = sides.map(({ name }) => totals(pairs, name, connections)) as [number[], ...number[][]];
  return others.map((other, i) => {
    const ratios = first.map((micros, pair) => micros / (other[pair] as number));
    return { connections, to: (sides[i + 1] as Side).name, ...medianInterval(ratios) };
  });
}

function tableAt(
  pairs: readonly Pair[],
  sides: readonly Side[],
  ratios: readonly Ratio[],
  connections: number,
  rate: number | undefined,
): string {
  const lines = sides.map(({ name, label }) => {
    const of = costs(pairs, name, connections);
    const ratio = ratios.find((one) => one.to === name && one.connections === connections);
    return [
      label,
      short(median(of.map(({ front, models }) => front + models))),
      short(median(of.map(({ front }) => front))),
      short(median(of.map(({ models }) => models))),
      short(median(of.map(({ requests, seconds }) => requests / seconds))),
      ...(ratio ? [`${ratio.median.toFixed(3)} ×`, `${ratio.low.toFixed(3)} – ${ratio.high.toFixed(3)}`] : []),
    ];
  });
  const to = sides.length === 2 ? 'new to old' : 'Coppice to it';
  const head = ['CPU µs a prediction', 'in front', 'model servers', 'requests/s', to, '95 % interval'];
  const load = rate === undefined ? '' : `, ${rate.toLocaleString('en')}/s`;
  return table([`${connections} connections${load}`, ...head], lines);
}

const costs = (pairs: readonly Pair[], side: string, connections: number): Cost[] =>
  pairs
    .filter((pair) => pair.connections === connections)
    .flatMap((pair) => pair.costs.filter((cost) => cost.side === side));

const totals = (pairs: readonly Pair[], side: string, connections: number): number[] =>
  costs(pairs, side, connections).map(({ front, models }) => front + models);
