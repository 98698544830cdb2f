const missing = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '?']);

/** Whether a trimmed cell stands for no value. */
export function isMissingText(text: string): boolean {
  return missing.has(text);
}

/** The same for a class: `None` is one, as in a table of sleep disorders. */
export function isMissingClass(text: string): boolean {
  return text !== 'None' && missing.has(text);
}
