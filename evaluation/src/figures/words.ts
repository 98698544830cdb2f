/** `1 row`, `1,200 rows`. */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

/** `93.4 %`; rounded, but neither to 0 nor to 100 what is not. */
export function percent(share: number): string {
  const tenths = Math.round(share * 1000);
  if (tenths === 1000 && share < 1) return 'over 99.9 %';
  if (tenths === 0 && share > 0) return 'under 0.1 %';
  return `${tenths / 10} %`;
}

/** Names in quotes, cut at 40 characters; of many the first few: `"a", "b" and 3 more`. */
export function quotedNames(names: readonly string[], most = 5): string {
  const shown = names.length > most + 1 ? names.slice(0, most) : names;
  const quoted = shown.map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name));
  const rest = names.length - shown.length;
  if (rest > 0) return `${quoted.join(', ')} and ${rest} more`;
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
