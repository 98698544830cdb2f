import { describe, expect, it } from 'vitest';
import { ImportRefusedError } from './import-refused.ts';
import { labelsOfColumns } from './labels-of-columns.ts';

const shares = (...rows: number[][]) => ({
  classes: rows[0]?.length as number,
  values: Float64Array.from(rows.flat()),
});

describe('the label of each probability', () => {
  it('is what the model answers where that one is the largest', () => {
    const answered = shares([0.1, 0.9, 0], [0.8, 0.1, 0.1], [0.2, 0.8, 0]);
    expect(labelsOfColumns(['x', 'z', 'x'], answered, null)).toEqual({ labels: ['z', 'x', null], isThreshold: false });
  });

  it('is as the file lists it, if the answers are of that list', () => {
    const answered = shares([0.1, 0.9], [0.2, 0.8]);
    expect(labelsOfColumns(['b', 'b'], answered, ['a', 'b'])).toEqual({ labels: ['a', 'b'], isThreshold: false });
    expect(labelsOfColumns(['b', 'b'], answered, ['0', '1'])).toEqual({ labels: [null, 'b'], isThreshold: false });
  });

  it('says nothing in a tie', () => {
    expect(labelsOfColumns(['b'], shares([0.5, 0.5]), null).labels).toEqual([null, null]);
  });

  it('may be another than the most probable where the file lists the labels, and is refused elsewhere', () => {
    const answered = shares([0.7, 0.3], [0.9, 0.1]);
    expect(labelsOfColumns(['b', 'a'], answered, ['a', 'b'])).toEqual({ labels: ['a', 'b'], isThreshold: true });
    expect(() => labelsOfColumns(['b', 'a'], answered, null)).toThrow(ImportRefusedError);
  });
});
