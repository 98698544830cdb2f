import { expect, it } from 'vitest';
import { timelineQuery } from './timeline-query.ts';

const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

it.each([
  [{}, 'hour'],
  [{ since: '1h' }, 'minute'],
  [{ since: '6h' }, 'minute'],
  // a moment passes before the end is read
  [{ since: ago(6 * HOUR + 500) }, 'minute'],
  [{ since: ago(48 * HOUR + 500), until: ago(47 * HOUR) }, 'minute'],
  [{ since: '13d' }, 'hour'],
  [{ since: '90d' }, 'day'],
  // an hour, but a week ago, when only hours are known
  [{ since: ago(168 * HOUR), until: ago(167 * HOUR) }, 'hour'],
])('%j is shown by the %s', (query, step) => {
  expect(timelineQuery.parse(query).step).toBe(step);
});

it.each([
  [{ since: '3d', step: 'minute' }, 'must be hour or day: minutes are known for two days'],
  [{ since: '30h', step: 'minute' }, 'must make at most 1500 steps: shorten the period, or take hour'],
  [{ since: '90d', step: 'hour' }, 'must make at most 1500 steps: shorten the period, or take day'],
  [{ since: '9000d', step: 'day' }, 'must make at most 1500 steps: shorten the period'],
  [{ since: ago(0), until: ago(HOUR) }, 'must be a time before until'],
])('%j is refused', (query, why) => {
  expect(timelineQuery.safeParse(query).error?.issues.map(({ message }) => message)).toEqual([why]);
});

it('names the period where no step was asked for', () => {
  const { error } = timelineQuery.safeParse({ since: '9000d' });
  expect(error?.issues).toMatchObject([
    { path: ['since'], message: 'must make at most 1500 steps: shorten the period' },
  ]);
});
