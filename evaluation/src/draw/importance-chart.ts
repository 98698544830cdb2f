import type { ModelReport } from '@coppice/contract';
import { scaleLinear } from 'd3-scale';
import { CHART_WIDTH, type Chart } from './chart.ts';
import { markup } from './markup.ts';
import { shortened } from './words.ts';

const row = 24;
const left = 150;

/** How many features it shows. */
export const MOST_BARS = 15;

/** A bar for each of the most important features with its interval, in points of accuracy. */
export function importanceChart(importance: ModelReport['importance']): Chart {
  const shown = importance.slice(0, MOST_BARS);
  const ends = shown.flatMap(({ loss, interval }) => [loss, ...interval].map((share) => 100 * share));
  const x = scaleLinear([Math.min(0, ...ends), Math.max(1, ...ends)], [left, CHART_WIDTH - 14]).nice(5);
  const bottom = shown.length * row + 8;
  const ticks = x.ticks(5);
  const label = x.tickFormat(5);
  return {
    width: CHART_WIDTH,
    height: bottom + 42,
    text: `Importance of features: ${shown.map(({ feature, loss }) => `${feature} ${(100 * loss).toFixed(1)} points`).join('; ')}.`,
    body: markup`${ticks.map(
      (tick) =>
        markup`<path class="grid" d="M${x(tick)} 4V${bottom}"/><text class="tick" x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${label(tick)}</text>`,
    )}
${shown.map(({ feature, loss, interval: [low, high] }, i) => {
  const middle = i * row + row / 2 + 4;
  const [from, to] = [x(Math.min(0, 100 * loss)), x(Math.max(0, 100 * loss))];
  return markup`<text class="name" x="${left - 9}" y="${middle + 4}" text-anchor="end">${shortened(feature, 20)}</text>
<rect class="right" fill-opacity="0.75" x="${from}" y="${middle - 7}" width="${to - from}" height="14"/>
<path class="whisker" d="M${x(100 * low)} ${middle}H${x(100 * high)}M${x(100 * low)} ${middle - 3}v6M${x(100 * high)} ${middle - 3}v6"/>`;
})}
<text class="title" x="${(left + CHART_WIDTH - 14) / 2}" y="${bottom + 35}" text-anchor="middle">Points of accuracy lost when shuffled</text>`,
  };
}
