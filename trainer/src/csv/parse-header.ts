import { DataError, quoted } from '../table/data-error.ts';
import type { Heading } from '../table/table.ts';

/**
 * Names and units (`sepal_length (cm)`) from a header line. Names that are equal without their units keep the whole header
 * as their name. Throws `DataError` for headers that are equal.
 */
export function parseHeader(cells: readonly string[], at: string): Heading[] {
  const headings = cells.map((cell, index) => parseHeading(cell, index + 1));
  const times = new Map<string, number>();
  for (const { name } of headings) times.set(name, (times.get(name) ?? 0) + 1);
  const placeOf = new Map<string, number>();
  return headings.map((heading) => {
    const { title, place } = heading;
    const result = (times.get(heading.name) as number) > 1 ? { ...heading, name: title, unit: null } : heading;
    const other = placeOf.get(result.name);
    if (other !== undefined && title !== '')
      throw new DataError(
        `${at}, column ${place}: the name ${quoted(result.name)} is taken by column ${other}; give one of them another name`,
      );
    placeOf.set(result.name, place);
    return result;
  });
}

/** The heading that a user means: by its name, or by its whole title. Throws `DataError` that lists what there is. */
export function findHeading(headings: readonly Heading[], wanted: string, at: string): Heading {
  const found =
    headings.find(({ title }) => title === wanted.trim()) ?? headings.find(({ name }) => name === wanted.trim());
  if (found) return found;
  const shown = headings.slice(0, 8).map(({ name }) => quoted(name));
  const rest = headings.length - shown.length;
  throw new DataError(
    `${at}: no column ${quoted(wanted)}; there ${headings.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
  );
}

function parseHeading(cell: string, place: number): Heading {
  const title = cell.trim();
  const [, name, unit] = /^(.*\S)\s*\(\s*([^()]*\S)\s*\)$/s.exec(title) ?? [];
  return name !== undefined && unit !== undefined
    ? { name, unit, title, place }
    : { name: title, unit: null, title, place };
}
