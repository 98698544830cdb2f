/** Where a printed JSON value lacks keys, or items, that the docs show, such as `/versions/0/name`. Values may differ. */
export function missingKeys(shown: unknown, printed: unknown, path = ''): string[] {
  if (typeof shown !== 'object' || shown === null) return [];
  if (typeof printed !== 'object' || printed === null || Array.isArray(shown) !== Array.isArray(printed)) return [path];
  return Object.entries(shown).flatMap(([key, value]) =>
    key in printed
      ? missingKeys(value, (printed as Record<string, unknown>)[key], `${path}/${key}`)
      : [`${path}/${key}`],
  );
}
