/** A share as a percentage: `93.3 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A difference of shares in percentage points, with its sign: `+3.3`. */
export function points(difference: number): string {
  return signed(100 * difference, 1);
}

/** Costs have any size: four digits say enough. */
export function amount(cost: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 4 }).format(cost).replace('-', '−');
}

/** A figure of 0–1 with three digits; an en dash where it divides by zero. */
export function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

/** Short enough for a picture. Names often differ at their end, so it is the middle that goes. */
export function shortened(name: string, most: number): string {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  if (characters.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${characters
    .slice(0, most - 1 - end)
    .join('')
    .trimEnd()}…${characters.slice(-end).join('').trimStart()}`;
}

export function counted(count: number, one: string): string {
  return `${new Intl.NumberFormat('en').format(count)} ${one}${count === 1 ? '' : 's'}`;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}
