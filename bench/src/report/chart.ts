export type ChartRow = { label: string; values: Record<number, number> };

const WIDTH = 760;
const LABEL = 200;
const BAR = 14;
const colours = ['#9db8a4', '#4c8a5b', '#1f5233'];

/** Requests per second as an SVG: a group of bars for each target, a bar for each number of connections. */
export function chart(title: string, rows: readonly ChartRow[], footer: string): string {
  const groups = Object.keys(rows[0]?.values ?? {}).map(Number);
  const most = Math.max(...rows.flatMap(({ values }) => Object.values(values)));
  const groupHeight = groups.length * BAR + 12;
  const scale = (WIDTH - LABEL - 80) / most;
  const bars = rows.flatMap(({ label, values }, i) => {
    const top = 64 + i * groupHeight;
    return [
      text(LABEL - 10, top + (groups.length * BAR) / 2 + 4, label, 'end'),
      ...groups.flatMap((group, j) => {
        const value = values[group] ?? 0;
        const y = top + j * BAR;
        return [
          `<rect x="${LABEL}" y="${y}" width="${Math.max(1, value * scale).toFixed(1)}" height="${BAR - 2}" fill="${colours[j % 3]}"/>`,
          text(LABEL + value * scale + 5, y + BAR - 4, Math.round(value).toLocaleString('en'), 'start', 11),
        ];
      }),
    ];
  });
  const legend = groups.flatMap((group, j) => [
    `<rect x="${LABEL + j * 150}" y="38" width="12" height="12" fill="${colours[j % 3]}"/>`,
    text(LABEL + 18 + j * 150, 49, `${group} connection${group > 1 ? 's' : ''}`, 'start', 12),
  ]);
  const height = 64 + rows.length * groupHeight + 28;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${text(16, 24, title, 'start', 16)}
${[...legend, ...bars].join('\n')}
${text(16, height - 10, footer, 'start', 11)}
</svg>
`;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'end', size = 13): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" text-anchor="${anchor}">${safe}</text>`;
}
