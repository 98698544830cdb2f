import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuditedWeights, readAudit, withEntry } from './weights-audit.ts';

const entry = (n: number, reason = 'canary'): AuditedWeights => ({
  ...{ time: new Date(n * 1000).toISOString(), who: 'ada', action: 'weights', reason },
  ...{ from: { v1: 100, v2: 0 }, to: { v1: 90, v2: 10 } },
});

it('keeps the last 20 changes, newest first', () => {
  let annotation: string | undefined;
  for (let n = 0; n < 25; n++) annotation = withEntry(annotation, entry(n));
  expect(readAudit(annotation)).toEqual(Array.from({ length: 20 }, (_, n) => entry(24 - n)));
});

it('never grows past 32 KiB, and always has the last change', () => {
  const change = fc.tuple(fc.nat(1e6), fc.string({ unit: 'grapheme', maxLength: 500, size: 'max' }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
      const annotation = changes.reduce<string>((text, [n, reason]) => withEntry(text, entry(n, reason)), '[]');
      const [n, reason] = changes.at(-1) as [number, string];
      expect(readAudit(annotation)[0]).toEqual(entry(n, reason));
      expect(Buffer.byteLength(annotation)).toBeLessThanOrEqual(32_768);
    }),
    { numRuns: 50 },
  );
});

it.each(['', '{', '{}', '[1]', 'null'])('begins anew where the annotation is %j', (annotation) => {
  expect(readAudit(annotation)).toEqual([]);
  expect(readAudit(withEntry(annotation, entry(1)))).toEqual([entry(1)]);
});
