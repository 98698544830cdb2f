import type { ModelCard } from '@coppice/contract';

/** A model card as text for people and diffs: JSON, indented, but each list of plain values on one line. */
export function formatCard(card: ModelCard): string {
  return `${format(card, '')}\n`;
}

function format(value: unknown, indent: string): string {
  if (isPlain(value)) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value))
    return value.every(isPlain)
      ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
      : bracketed(
          '[',
          ']',
          value.map((item) => format(item, deeper)),
          indent,
        );
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
  return bracketed(
    '{',
    '}',
    entries.map(([key, item]) => `${JSON.stringify(key)}: ${format(item, deeper)}`),
    indent,
  );
}

function bracketed(open: string, close: string, items: readonly string[], indent: string): string {
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}

const isPlain = (value: unknown) => value === null || typeof value !== 'object';
