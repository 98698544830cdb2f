import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { allowedValues, DAYS, dateOfDays, daysOfDate, specOf, typedValue } from '@coppice/serverkit';

/** Moves a number or date, or gives a share of the rows another value, or none. */
export type Shift =
  | { feature: string; by: number; unit: 'sd' | 'own' }
  | { feature: string; value: string; share: number };

/** Changes one value of a row. `random` is uniform on 0–1. */
export type Change = (value: FeatureValue, random: () => number) => FeatureValue;

/** What stands for a gap in `--shift`, unless it is a value that the model knows. */
const MISSING = 'missing';

/**
 * Reads `petal_width=+1.5sd` (training standard deviations), `petal_width=-0.3` (the feature's own unit, days of a date) or
 * `island=Dream:0.3` (a value and the share of the rows that get it); null for anything else.
 */
export function parseShift(text: string): Shift | null {
  const [, feature, by, sd] = /^(.+)=([+-]?\d+(?:\.\d+)?)(sd)?$/.exec(text) ?? [];
  if (feature && by) return { feature, by: Number(by), unit: sd ? 'sd' : 'own' };
  const [, name, value, share] = /^(.+?)=(.+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return name && value && Number(share) <= 1 ? { feature: name, value, share: Number(share) } : null;
}

/**
 * What the shifts do to each feature's values, in the card's order; null where there is none. Throws one line that says
 * what is allowed for a name that the model does not have, and for a shift that its kind cannot take.
 */
export function changesOf(shifts: readonly Shift[], features: readonly FeatureCard[]): (Change | null)[] {
  const changes = features.map((): Change[] => []);
  for (const shift of shifts) {
    const at = features.findIndex(({ name, header }) => shift.feature === name || shift.feature === header);
    const feature = features[at];
    if (!feature)
      throw new RangeError(
        `the model has no feature ${shift.feature}; it has ${features.map(({ name }) => name).join(', ')}`,
      );
    changes[at]?.push('by' in shift ? moved(shift, feature) : replaced(shift, feature));
  }
  return changes.map((some) =>
    some.length === 0 ? null : (value, random) => some.reduce((now, change) => change(now, random), value),
  );
}

function moved({ by, unit }: Extract<Shift, { by: number }>, feature: FeatureCard): Change {
  const { name, kind } = feature;
  if (kind === 'boolean' || kind === 'category') {
    const example = kind === 'boolean' ? 'true' : feature.values[0]?.value;
    throw new RangeError(`${name} is a ${kind}, which has no distance: shift it as ${name}=${example}:0.3`);
  }
  const distance = by * (unit === 'sd' ? feature.std : 1);
  // rounded to two digits more than the training values have; otherwise a body is mostly 0.30000000000000004
  if (kind === 'number')
    return (value) => (typeof value === 'number' ? rounded(value + distance, feature.step) : value);
  return (value) => {
    const days = typeof value === 'string' ? daysOfDate(value) : undefined;
    if (days === undefined) return value;
    const later = Number.isInteger(days) ? Math.round(days + distance) : days + distance;
    return dateOfDays(Math.max(DAYS.min, Math.min(DAYS.max, later)));
  };
}

function replaced({ value: text, share }: Extract<Shift, { value: string }>, feature: FeatureCard): Change {
  const { name, kind, nullable } = feature;
  const known = kind === 'category' && feature.values.some(({ value }) => value === text);
  if (text === MISSING && !known) {
    if (!nullable) throw new RangeError(`${name} may not be missing: the model has seen no row without it`);
    return (value, random) => (random() < share ? null : value);
  }
  if (kind === 'number' || kind === 'date')
    throw new RangeError(
      `${name} is a ${kind}: shift it as ${name}=+1.5sd, ${name}=${kind === 'date' ? '+30 (days)' : '-0.3'}${nullable ? ` or ${name}=${MISSING}:0.05` : ''}`,
    );
  const given = typedValue(specOf(feature), text);
  if (given === undefined || given === null)
    throw new RangeError(`${text} is no value of ${name}: it must be ${allowedValues(specOf(feature))}`);
  return (value, random) => (random() < share ? given : value);
}

/** To two digits more than the step has. */
export function rounded(value: number, step: number): number {
  return Number(value.toFixed(Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(step))))));
}
