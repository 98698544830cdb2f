import { BUCKETS } from '@coppice/statistics/bucketed';
import { expect, it } from 'vitest';
import { bucketOf } from './each-row.ts';

const pairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

it.each([
  ['the first two digits of a hash', (pair: string) => bucketOf(`${pair}0123456789abcd`)],
  ['the last two digits of an id', (pair: string) => bucketOf(`01890a5d-ac96-774b-bcce-b302099a80${pair}`, -2)],
  ['capitals', (pair: string) => bucketOf(pair.toUpperCase())],
])('a bucket is %s, as a number below 64', (_, bucket) => {
  expect(pairs.map(bucket)).toEqual(pairs.map((pair) => Number.parseInt(pair, 16) % BUCKETS));
});
