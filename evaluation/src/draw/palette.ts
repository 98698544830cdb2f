/** How many curves of one chart have a colour of their own. */
export const SERIES = 6;

type Palette = {
  paper: string;
  ink: string;
  quiet: string;
  grid: string;
  right: string;
  wrong: string;
  /** On a cell of full colour. */
  onCell: string;
  /** Of curves; after Okabe and Ito, which colour-blind people can distinguish. */
  series: readonly string[];
};

export const light: Palette = {
  ...{ paper: '#ffffff', ink: '#1c2126', quiet: '#59636e', grid: '#dde2e7' },
  ...{ right: '#1565a7', wrong: '#c2410c', onCell: '#ffffff' },
  series: ['#1565a7', '#c2410c', '#0b7a5b', '#96437a', '#8a6500', '#4b5563'],
};
export const dark: Palette = {
  ...{ paper: '#14181c', ink: '#e6e9ec', quiet: '#a0abb6', grid: '#323a42' },
  ...{ right: '#62abe8', wrong: '#f0925f', onCell: '#0d1114' },
  series: ['#62abe8', '#f0925f', '#46c9a0', '#dd93c4', '#d9b44a', '#b4bec8'],
};

/** The rules of a chart's classes. `color` names the colour of a role, as a value or as a variable of the page. */
export function chartRules(color: (role: string) => string): string {
  const series = Array.from({ length: SERIES }, (_, i) => {
    const tint = color(`series-${i}`);
    return `.s${i}{stroke:${tint}}.f${i}{fill:${tint}}`;
  });
  return `.grid{stroke:${color('grid')};stroke-width:1;fill:none}
.tick{fill:${color('quiet')};font-size:11px}.title,.name{fill:${color('ink')};font-size:12px}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}.other{fill:none;stroke:${color('quiet')};stroke-width:1;stroke-opacity:.35}
.chance{fill:none;stroke:${color('quiet')};stroke-width:1;stroke-dasharray:4 4}
.right{fill:${color('right')}}.wrong{fill:${color('wrong')}}
.count{fill:${color('ink')}}.count.full{fill:${color('on-cell')}}
.frame{fill:none;stroke:${color('grid')};stroke-width:1}.whisker{stroke:${color('ink')};stroke-width:1.5;fill:none}
.dot{fill-opacity:.85}
${series.join('')}`;
}

/** The colours of a palette by their roles. */
export function colorsOf({ series, onCell, ...plain }: Palette): Record<string, string> {
  return {
    ...plain,
    'on-cell': onCell,
    ...Object.fromEntries(series.map((tint, i) => [`series-${i}`, tint])),
  };
}
