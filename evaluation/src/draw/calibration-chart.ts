import type { ModelReport } from '@coppice/contract';
import { line } from 'd3-shape';
import { CHART_WIDTH, type Chart, unitAxes } from './chart.ts';
import { markup } from './markup.ts';

type Calibration = NonNullable<ModelReport['calibration']>;
type Bin = Calibration['bins'][number];

/** How often the model is right where it is so sure: a dot per bin, as large as its rows are many. */
export function calibrationChart({ bins, ece }: Calibration): Chart {
  const { x, y, axes, bottom } = unitAxes({ x: 'Probability of the answered class', y: 'Share of right answers' });
  const filled = bins.filter(({ rows }) => rows > 0);
  const most = Math.max(1, ...filled.map(({ rows }) => rows));
  const path = line<Bin>(
    ({ probability }) => x(probability),
    ({ right }) => y(right),
  ).digits(1)(filled);
  return {
    width: CHART_WIDTH,
    height: bottom + 8,
    text: `Calibration: the answered class's probability and the share of right answers differ by ${(100 * ece).toFixed(1)} points on average.`,
    body: markup`${axes}<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/><path class="curve s0" d="${path ?? ''}"/>
${filled.map((bin) => markup`<circle class="dot f0" cx="${x(bin.probability)}" cy="${y(bin.right)}" r="${(2.5 + 6.5 * Math.sqrt(bin.rows / most)).toFixed(1)}"/>`)}
<text class="name" x="46" y="${bottom - 2}">Dashed: as sure as right. Larger dots: more rows.</text>`,
  };
}
