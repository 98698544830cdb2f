import type { ModelReport } from '@coppice/contract';
import { scaleBand } from 'd3-scale';
import { CHART_WIDTH, type Chart } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import { shortened } from './words.ts';

/** Below that a cell has no room for its number. */
const smallestWithNumber = 22;
const smallestWithName = 9;
const letter = 6.6;

/** Rows by actual and answered class. A cell is the more coloured the larger its share of the actual class. */
export function confusionChart({ classes, confusion }: Pick<ModelReport, 'classes' | 'confusion'>): Chart {
  const many = classes.length;
  const most = many <= 8 ? 14 : 20;
  const names = classes.map((name) => shortened(name, most));
  const margin = Math.max(40, Math.ceil(Math.max(...names.map((name) => name.length)) * letter) + 12);
  const left = margin + 20;
  const cell = Math.max(Math.min((CHART_WIDTH - left - 10) / many, 84), many <= 40 ? 26 : Math.max(3, 960 / many));
  const slanted = Math.max(...names.map((name) => name.length)) * letter > cell - 6;
  const top = (slanted ? margin : 26) + 22;
  const side = cell * many;
  const at = scaleBand(
    names.map((_, i) => i),
    [0, side],
  );
  const sums = confusion.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const cells = confusion.flatMap((counts, actual) =>
    counts.map((count, answered) => {
      const share = count / Math.max(1, sums[actual] as number);
      return drawCell({
        x: left + (at(answered) as number),
        y: top + (at(actual) as number),
        cell,
        count,
        share,
        right: actual === answered,
      });
    }),
  );
  return {
    width: Math.max(CHART_WIDTH, Math.ceil(left + side + 10)),
    height: Math.ceil(top + side + 10),
    text: `Confusion matrix: ${classes.map((name, i) => `of ${sums[i]} rows of ${name}, ${confusion[i]?.[i]} are answered right`).join('; ')}.`,
    body: markup`<text class="title" x="${left + side / 2}" y="14" text-anchor="middle">Answered</text>
<text class="title" transform="translate(14 ${top + side / 2}) rotate(-90)" text-anchor="middle">Actual</text>
${cells}<rect class="frame" x="${left}" y="${top}" width="${side}" height="${side}"/>
${cell < smallestWithName ? null : names.map((name, i) => labels(name, left + (i + 0.5) * cell, top + (i + 0.5) * cell, { left, top, slanted }))}`,
  };
}

type Cell = { x: number; y: number; cell: number; count: number; share: number; right: boolean };

function drawCell({ x, y, cell, count, share, right }: Cell): Markup | null {
  if (count === 0)
    return cell < smallestWithNumber || cell < 40 ? null : number({ x, y, cell, text: '0', full: false });
  // a single row in thousands must be seen too
  const opacity = (0.12 + 0.88 * share).toFixed(2);
  const square = markup`<rect class="${right ? 'right' : 'wrong'}" fill-opacity="${opacity}" x="${x}" y="${y}" width="${cell}" height="${cell}"/>`;
  return markup`${square}${cell < smallestWithNumber ? null : number({ x, y, cell, text: countText(count, cell), full: share > 0.5 })}`;
}

function number({
  x,
  y,
  cell,
  text,
  full,
}: {
  x: number;
  y: number;
  cell: number;
  text: string;
  full: boolean;
}): Markup {
  const size = Math.max(8, Math.min(15, cell * 0.4, (cell / text.length) * 1.5));
  return markup`<text class="count ${full ? 'full' : ''}" font-size="${size}" x="${x + cell / 2}" y="${y + cell / 2 + size * 0.36}" text-anchor="middle">${text}</text>`;
}

function labels(
  name: string,
  x: number,
  y: number,
  { left, top, slanted }: { left: number; top: number; slanted: boolean },
): Markup {
  const column = slanted
    ? markup`<text class="name" transform="translate(${x + 4} ${top - 7}) rotate(-90)">${name}</text>`
    : markup`<text class="name" x="${x}" y="${top - 8}" text-anchor="middle">${name}</text>`;
  return markup`${column}<text class="name" x="${left - 7}" y="${y + 4}" text-anchor="end">${name}</text>`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const countText = (count: number, cell: number) => (cell >= 40 ? String(count) : compact.format(count));
