import { describe, expect, it } from 'vitest';
import { axisEnd, difference, differenceRange, level, metricTitle, size } from './metric-words.ts';

describe('the units of a metric', () => {
  it.each([
    ['accuracy', 0.9311, '93.1 %'],
    ['errors', 0.00214, '0.21 %'],
    ['errors', 0, '0.0 %'],
    ['errors', 0.00001, '< 0.1 %'],
    ['cost', 0.41324, '0.413'],
    ['log_loss', null, '–'],
  ] as const)('%s at %s is %s', (metric, value, text) => expect(level(metric, value)).toBe(text));

  it.each([
    ['accuracy', 0.0229, '+2.3 points'],
    ['slow', -0.0008, '−0.08 points'],
    ['cost', -0.0145, '−0.0145'],
    ['outcome', 12.5, '+12.5'],
    ['accuracy', null, '–'],
  ] as const)('%s differs by %s: %s', (metric, value, text) => expect(difference(metric, value)).toBe(text));

  it('never writes the cost of a row in percent', () => {
    expect(differenceRange('cost', [-0.041, 0.012])).toBe('−0.041 to +0.012');
    expect(axisEnd('cost', -0.05)).toBe('−0.05');
    expect(size('cost', 0.02)).toBe('0.02');
  });

  it('knows the first verdict of a shadow version, which is no metric of its own', () => {
    expect([metricTitle('paired'), difference('paired', 0.042)]).toEqual(['the same rows', '+4.2 points']);
  });

  it('writes shares in points', () => {
    expect(differenceRange('accuracy', [0.0058, 0.04])).toBe('+0.6 to +4.0 points');
    expect(axisEnd('accuracy', 0.04)).toBe('+4 points');
    expect(axisEnd('accuracy', -0.01)).toBe('−1 point');
    expect(size('accuracy', 0.02)).toBe('2 points');
    expect(size('accuracy', 0.01)).toBe('1 point');
  });
});
