import { randomUUIDv7 } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, uuidBytes, uuidFloor, uuidText, uuidTime } from './uuid-v7.ts';

describe('uuid v7', () => {
  it('goes into bytes and back, in either case of letters', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(uuidText(uuidBytes(id))).toBe(id);
        expect(uuidText(uuidBytes(id.toUpperCase()))).toBe(id);
      }),
    );
  });

  it('holds the time of the example in RFC 9562, appendix A.6', () => {
    expect(uuidTime(uuidBytes('017F22E2-79B0-7CC3-98C4-DC0C0C07398F'))).toBe(Date.parse('2022-02-22T19:22:22Z'));
  });

  it('has a floor below every id of a millisecond and above those before it', () => {
    const id = uuidBytes(randomUUIDv7());
    expect(Buffer.compare(uuidFloor(uuidTime(id)), id)).toBe(-1);
    expect(Buffer.compare(uuidFloor(uuidTime(id) + 1), id)).toBe(1);
  });

  it('makes a cursor, and knows what is none', () => {
    const id = uuidBytes(randomUUIDv7());
    expect(decodeCursor(encodeCursor(id))).toEqual(id);
    for (const text of ['', 'x', '%', encodeCursor(id).slice(1), `${encodeCursor(id)}A`])
      expect(decodeCursor(text)).toBeNull();
  });
});
