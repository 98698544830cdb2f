export type Sample = { name: string; labels: Record<string, string>; value: number };

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([+-]?(?:Inf|NaN|[\d.eE+-]+))(?: |$)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Reads the Prometheus text format; lines that are no samples are left out. */
export function parseMetrics(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (!match) continue;
    const labels: Record<string, string> = {};
    for (const [, key, value] of (match[2] ?? '').matchAll(LABEL))
      labels[key as string] = (value as string).replace(/\\[n"\\]/g, (pair) => escapes[pair] ?? pair);
    samples.push({ name: match[1] as string, labels, value: readNumber(match[3] as string) });
  }
  return samples;
}

/** The sum of a metric's samples that a test on their labels lets through. */
export function total(
  samples: readonly Sample[],
  name: string,
  fits: (labels: Record<string, string>) => boolean = () => true,
): number {
  return samples.reduce((sum, sample) => (sample.name === name && fits(sample.labels) ? sum + sample.value : sum), 0);
}

function readNumber(text: string): number {
  return text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}
