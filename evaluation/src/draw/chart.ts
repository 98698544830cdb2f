import { scaleLinear } from 'd3-scale';
import { type Markup, markup } from './markup.ts';

/** A picture of a report. Its colours are classes, so that the page shows it in light and dark. */
export type Chart = {
  width: number;
  height: number;
  /** What it shows, for who cannot see it. */
  text: string;
  body: Markup;
};

/** Width of the charts that have axes, in pixels: a phone's. */
export const CHART_WIDTH = 400;
const box = { left: 46, top: 12, side: 340 };

/** Two axes from 0 to 1 with a grid, and the scales that belong to them. `bottom` is where a legend may begin. */
export function unitAxes(titles: { x: string; y: string }) {
  const end = { x: box.left + box.side, y: box.top + box.side };
  const x = scaleLinear([0, 1], [box.left, end.x]);
  const y = scaleLinear([0, 1], [end.y, box.top]);
  const ticks = x.ticks(5);
  const label = x.tickFormat(5);
  const axes = markup`${ticks.map(
    (tick) =>
      markup`<path class="grid" d="M${x(tick)} ${box.top}V${end.y}M${box.left} ${y(tick)}H${end.x}"/>
<text class="tick" x="${x(tick)}" y="${end.y + 17}" text-anchor="middle">${label(tick)}</text>
<text class="tick" x="${box.left - 7}" y="${y(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
  )}
<text class="title" x="${(box.left + end.x) / 2}" y="${end.y + 36}" text-anchor="middle">${titles.x}</text>
<text class="title" transform="translate(12 ${(box.top + end.y) / 2}) rotate(-90)" text-anchor="middle">${titles.y}</text>`;
  return { x, y, axes, bottom: end.y + 58 };
}

/** The chart as an element of a page. */
export function inlineSvg({ width, height, text, body }: Chart): Markup {
  return markup`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${text}">${body}</svg>`;
}
