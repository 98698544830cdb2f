import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { Chart } from './chart.ts';
import { Markup, markup } from './markup.ts';
import { chartRules, colorsOf, light } from './palette.ts';

/** Pixels of the picture for one of the chart. */
export const PNG_SCALE = 1.5;
const fonts = dirname(findPackageJSON('@expo-google-fonts/inter', import.meta.url) as string);
const font = join(fonts, '400Regular/Inter_400Regular.ttf');
const colors = colorsOf(light);
const rules = new Markup(chartRules((role) => colors[role] as string));

/** The chart as a PNG on white. Its font comes with the package: an image without fonts draws the same picture. */
export async function drawPng({ width, height, body }: Chart): Promise<Uint8Array> {
  // the library and its font take a while to load, and who only reads a report does without
  const { Resvg } = await import('@resvg/resvg-js');
  const svg = markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter">
<style>${rules}</style><rect width="${width}" height="${height}" fill="${light.paper}"/>${body}</svg>`;
  const picture = new Resvg(svg.text, {
    fitTo: { mode: 'zoom', value: PNG_SCALE },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: 'Inter' },
  });
  return picture.render().asPng();
}
