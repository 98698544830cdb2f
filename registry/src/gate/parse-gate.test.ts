import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateCondition, printCondition } from './gate-condition.ts';
import { type GateFigureName, gateFigure, gateFigureNames } from './gate-figures.ts';
import { GateSyntaxError, parseGate } from './parse-gate.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const figureCondition = fc.constantFrom(...gateFigureNames).chain((figure: GateFigureName) => {
  const { perClass, from, to } = gateFigure(figure);
  return fc.record({
    kind: fc.constant('figure' as const),
    figure: fc.constant(figure),
    class: perClass ? fc.string({ minLength: 1, unit: 'grapheme' }) : fc.constant(null),
    bound: between(from, to),
  });
});
const anyCondition: fc.Arbitrary<GateCondition> = fc.oneof(
  figureCondition,
  fc.record({ kind: fc.constant('champion' as const), margin: between(0, 1) }),
  fc.record({ kind: fc.constant('replay' as const), bound: between(0, 1) }),
);

const conditionsOf = (text: string) => parseGate(text).map(({ line: _, ...condition }) => condition);

describe('the text of a gate', () => {
  it('says of each printed condition the same again', () => {
    fc.assert(
      fc.property(fc.array(anyCondition), (conditions) => {
        const text = conditions.map((one) => `${printCondition(one)}  # why`).join('\n');
        // −0 is 0
        expect(conditionsOf(text).map(printCondition)).toEqual(conditions.map(printCondition));
        for (const [i, parsed] of conditionsOf(text).entries()) expect(equal(parsed, conditions[i])).toBe(true);
      }),
    );
  });

  it('has comments, empty lines, both signs and class names of any kind', () => {
    const text = [
      '\uFEFF# what a release must hold',
      '',
      '  accuracy >= 0.9   # of all classes',
      'log_loss ≤ .5',
      'recall[ Iris virginica ]≥0.8',
      'f1["a # ] \\" b"] >= 1',
      'cost <= -0.2',
      'not  worse than the champion by more than 0.01',
      'replay agrees ≥ 0.95',
    ].join('\r\n');
    expect(parseGate(text)).toEqual([
      { kind: 'figure', figure: 'accuracy', class: null, bound: 0.9, line: 'accuracy >= 0.9' },
      { kind: 'figure', figure: 'log_loss', class: null, bound: 0.5, line: 'log_loss ≤ .5' },
      { kind: 'figure', figure: 'recall', class: 'Iris virginica', bound: 0.8, line: 'recall[ Iris virginica ]≥0.8' },
      { kind: 'figure', figure: 'f1', class: 'a # ] " b', bound: 1, line: 'f1["a # ] \\" b"] >= 1' },
      { kind: 'figure', figure: 'cost', class: null, bound: -0.2, line: 'cost <= -0.2' },
      { kind: 'champion', margin: 0.01, line: 'not  worse than the champion by more than 0.01' },
      { kind: 'replay', bound: 0.95, line: 'replay agrees ≥ 0.95' },
    ]);
    expect(parseGate('# nothing\n\n')).toEqual([]);
  });

  it('is in the documentation as an example', () => {
    const text = readFileSync(new URL('../../../docs/gate.example.txt', import.meta.url), 'utf8');
    expect(parseGate(text)).toHaveLength(4);
    expect(parseGate(text.replace('# replay', 'replay'))).toHaveLength(5);
  });

  it.each([
    ['acuracy >= 0.9', 'acuracy is unknown: must be accuracy, macro_f1'],
    ['0.9 <= accuracy', '0 is unknown: must be accuracy'],
    ['>= 0.9', 'it begins with no figure: must be accuracy'],
    ['accuracy', 'nothing after the figure is not allowed: must be >='],
    ['accuracy > 0.9', '> after the figure is not allowed: must be >=, for more of it is better'],
    ['accuracy <= 0.9', '<= after the figure is not allowed: must be >='],
    ['log_loss >= 0.9', '>= after the figure is not allowed: must be <=, for less of it is better'],
    ['accuracy >= 90', '90 is not allowed: must be a number from 0 to 1'],
    ['accuracy >= 90 %', '90 % is not allowed: must be a number from 0 to 1'],
    ['accuracy >=', 'no number is not allowed: must be a number from 0 to 1'],
    ['accuracy >= 0.9 0.8', '0.9 0.8 is not allowed: must be a number'],
    ['accuracy >= 1e-1', '1e-1 is not allowed: must be a number'],
    ['accuracy >= NaN', 'NaN is not allowed: must be a number'],
    ['accuracy[a] >= 0.9', 'accuracy is of all classes: must be accuracy >= NUMBER'],
    ['recall >= 0.9', 'recall needs a class: must be recall[CLASS] >= NUMBER'],
    ['recall[] >= 0.9', 'the brackets are empty: must be [CLASS]'],
    ['recall[a >= 0.9', 'the brackets do not end'],
    ['recall["a] >= 0.9', 'the brackets do not end'],
    ['recall["\\x"] >= 0.9', 'is no text in quotes: must be as in JSON'],
    ['recall[a\\b] >= 0.9', 'a\\b needs quotes: must be ["a\\\\b"]'],
    ['not worse than the champion', 'must be: not worse than the champion by more than 0.01'],
    ['not worse than the champion by more than 2', '2 is not allowed: must be a number from 0 to 1'],
    ['replay agrees 0.9', 'must be: replay agrees >= 0.95'],
    ['replay agrees <= 0.9', 'must be: replay agrees >= 0.95'],
    ['replay agrees >= lots', 'lots is not allowed: must be a number from 0 to 1'],
  ])('refuses %s with its line, what is wrong, and what is allowed', (wrong, detail) => {
    const text = `accuracy >= 0.9\n# next\n${wrong}\n`;
    expect(() => parseGate(text)).toThrow(GateSyntaxError);
    expect(() => parseGate(text)).toThrow(`line 3: ${wrong}: `);
    expect(() => parseGate(text)).toThrow(detail);
  });

  it('refuses what is no gate at all without throwing anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(Array.isArray(parseGate(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(GateSyntaxError);
          expect((error as Error).message).toMatch(/^line \d+: [\s\S]*must be/);
        }
      }),
    );
  });
});

/** The same numbers to the last bit, except that −0 is 0. */
function equal(a: GateCondition, b: GateCondition | undefined): boolean {
  const numbers = (of: GateCondition) => Object.values(of).map((value) => (value === 0 ? 0 : value));
  return b !== undefined && JSON.stringify(numbers(a)) === JSON.stringify(numbers(b));
}
