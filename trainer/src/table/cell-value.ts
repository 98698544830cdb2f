import type { FeatureValue } from '@coppice/contract';
import { dateOfDays } from '@coppice/serverkit/iso-date';
import { type Column, isMissing } from './table.ts';

/** A cell as clients send it: number, true or false, text, an ISO 8601 date; null where it is missing. */
export function cellValue(column: Column, row: number): FeatureValue {
  if (isMissing(column, row)) return null;
  return 'values' in column
    ? valueOfNumber(column, column.values[row] as number)
    : (column.words[column.codes[row] as number] as string);
}

/** A number of a column in the form that clients send. */
export function valueOfNumber({ kind }: Pick<Column, 'kind'>, number: number): FeatureValue {
  if (kind === 'boolean') return number === 1;
  return kind === 'date' ? dateOfDays(number) : number;
}
