import { line } from 'd3-shape';
import { CHART_WIDTH, type Chart, unitAxes } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import { SERIES } from './palette.ts';
import { shortened } from './words.ts';

type Curve = { class: string; area: number; points: readonly (readonly [number, number])[] };
type Curves = {
  axes: { x: string; y: string };
  /** What the area below a curve is called. */
  area: string;
  /** Where guessing would be. */
  chance: readonly [number, number][] | null;
  text: string;
  curves: readonly Curve[];
};

const row = 19;

/** A curve for each class. Of many the ones with the smallest areas have colours, since those are the ones to look at. */
export function curvesChart({ axes, area, chance, text, curves }: Curves): Chart {
  const frame = unitAxes(axes);
  const path = line<readonly [number, number]>(
    ([x]) => frame.x(x),
    ([, y]) => frame.y(y),
  ).digits(1);
  const drawn = (of: readonly (readonly [number, number])[]) => path(of as [number, number][]) ?? '';
  const shown = curves.length <= SERIES ? curves : curves.toSorted((a, b) => a.area - b.area).slice(0, SERIES - 1);
  const others = curves.filter((curve) => !shown.includes(curve));
  const legend = [
    ...shown.map((curve, i) =>
      entry(frame.bottom + i * row, `curve s${i}`, `${shortened(curve.class, 34)}: ${area} ${curve.area.toFixed(3)}`),
    ),
    ...(others.length > 0
      ? [
          entry(
            frame.bottom + shown.length * row,
            'other',
            `${others.length} others: ${area} ${least(others).toFixed(3)} or more`,
          ),
        ]
      : []),
  ];
  return {
    width: CHART_WIDTH,
    height: frame.bottom + legend.length * row,
    text: `${text} ${shown.map((curve) => `${curve.class}: ${area} ${curve.area.toFixed(3)}`).join('; ')}.`,
    body: markup`${frame.axes}${chance && markup`<path class="chance" d="${drawn(chance)}"/>`}
${others.map(({ points }) => markup`<path class="other" d="${drawn(points)}"/>`)}
${shown.map(({ points }, i) => markup`<path class="curve s${i}" d="${drawn(points)}"/>`)}${legend}`,
  };
}

const least = (curves: readonly Curve[]) => Math.min(...curves.map(({ area }) => area));

function entry(y: number, classes: string, text: string): Markup {
  return markup`<path class="${classes}" d="M46 ${y}h22"/><text class="name" x="76" y="${y + 4}">${text}</text>`;
}
