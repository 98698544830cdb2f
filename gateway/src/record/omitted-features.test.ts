import { aRow } from '@coppice/testkit/record/databases';
import { describe, expect, it } from 'vitest';
import { OmittedFeatures } from './omitted-features.ts';

const columns = ['age', 'income', 'plan'];
const row = aRow({ columns, features: [33, 1000, 'basic'] });

describe('features that the record must not keep', () => {
  it('leave a row with their names, whatever else it has', () => {
    const omitted = new OmittedFeatures(['income', 'age']);
    expect(omitted.without(row)).toEqual({ ...row, columns: ['plan'], features: ['basic'] });
    const others = aRow({ columns: ['plan', 'income'], features: [null, 5] });
    expect(omitted.without(others)).toMatchObject({ columns: ['plan'], features: [null] });
  });

  it('leave rows of one schema with one list of names', () => {
    const omitted = new OmittedFeatures(['income']);
    expect(omitted.without(row).columns).toBe(omitted.without({ ...row, features: [1, 2, 'x'] }).columns);
  });

  it('cost nothing where a row has none of them', () => {
    expect(new OmittedFeatures([]).without(row)).toBe(row);
    expect(new OmittedFeatures(['height']).without(row)).toBe(row);
  });

  it('may be given by their headers, which requests may use too', () => {
    const omitted = new OmittedFeatures(['age (years)']);
    expect(omitted.without(row)).toBe(row);
    expect(omitted.know([{ name: 'age', header: 'age (years)' }, { name: 'income' }])).toBeNull();
    expect(omitted.without(row)).toMatchObject({ columns: ['income', 'plan'], features: [1000, 'basic'] });
  });

  it('are named when the model does not have them', () => {
    const omitted = new OmittedFeatures(['income', 'height']);
    const named = (...names: string[]) => names.map((name) => ({ name }));
    expect(omitted.know(named('age', 'income', 'height'))).toBeNull();
    expect(omitted.know(named(...columns))).toBe(
      "RECORD_OMIT names height, and the model's features are age, income, plan",
    );
  });
});
