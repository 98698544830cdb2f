import { CHART_WIDTH, type Chart, inlineSvg } from './chart.ts';
import { type Markup, markup } from './markup.ts';

type Column = { title: string; number?: boolean };

/** A table that scrolls by itself where the page is too narrow for it. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): Markup {
  const kind = (i: number) => (columns[i]?.number ? 'n' : '');
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${columns.map(({ title }, i) => markup`<th scope="col" class="${kind(i)}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first = '', ...cells]) =>
      markup`<tr><th scope="row">${first}</th>${cells.map((cell, i) => markup`<td class="${kind(i + 1)}">${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** A chart with its title; a wide one scrolls. */
export function figureOf(title: string, chart: Chart): Markup {
  const svg = inlineSvg(chart);
  return markup`<figure><h3>${title}</h3>${
    chart.width > CHART_WIDTH
      ? markup`<div class="scroll" role="region" aria-label="${title}" tabindex="0">${svg}</div>`
      : svg
  }</figure>`;
}

export function section(title: string, about: string, ...parts: readonly (Markup | null)[]): Markup {
  return markup`<section><h2>${title}</h2><p class="quiet">${about}</p>${parts}</section>
`;
}

/** A figure that stands out, with a line below it. */
export function tile(name: string, value: string, about = ''): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}<small>${about}</small></dd></div>`;
}
