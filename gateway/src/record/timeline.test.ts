import { aRow, idAt, openForTest, testDatabases } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(testDatabases)('the timeline of the record in $name', ({ start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  it('counts each version by minute, hour and day, without the page', async () => {
    const { record, storage } = await openForTest(await database.fresh(), {});
    onTestFinished(() => record.close());
    const hour = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;
    const row = (at: number, more: object = {}) => {
      const made = aRow({ id: idAt(hour + at), label: 0, latencySeconds: 0.01, ...more });
      record.append(made);
      return made;
    };
    const rated = [row(0), row(1), row(MINUTE)];
    row(MINUTE + 1, { label: -1, probability: null, error: 'timeout' });
    row(59 * MINUTE, { version: 'v10', latencySeconds: 0.2 });
    row(HOUR, { version: 'v2' });
    row(2, { source: 'page' });
    await record.addFeedback([
      { prediction_id: rated[0]?.id as string, actual: 'setosa' },
      { prediction_id: rated[1]?.id as string, actual: 'versicolor' },
      { prediction_id: rated[2]?.id as string, actual: 'setosa' },
    ]);
    // replaced feedback counts once, by its last word
    await record.addFeedback([{ prediction_id: rated[2]?.id as string, actual: 'virginica' }]);
    const timeline = (from: number, to: number, step: number) =>
      storage.reader.call('history', 'timeline', [hour + from, hour + to, step]);
    const at = (ms: number) => new Date(hour + ms).toISOString();
    const close = (ms: number) => expect.closeTo(ms, -Math.log10(ms * 0.05));

    const first = { n: 2, errors: 0, p95_ms: close(10), feedback: 2, correct: 1 };
    const second = { n: 2, errors: 1, p95_ms: close(10), feedback: 1, correct: 0 };
    const slow = { n: 1, errors: 0, p95_ms: close(200), feedback: 0, correct: 0 };
    expect(await timeline(0, HOUR, MINUTE)).toEqual([
      {
        version: 'v1',
        points: [
          { time: at(0), ...first },
          { time: at(MINUTE), ...second },
        ],
      },
      { version: 'v10', points: [{ time: at(59 * MINUTE), ...slow }] },
    ]);
    const whole = { n: 4, errors: 1, p95_ms: close(10), feedback: 3, correct: 1 };
    expect(await timeline(0, 2 * HOUR, HOUR)).toMatchObject([
      { version: 'v1', points: [{ time: at(0), ...whole }] },
      { version: 'v2', points: [{ time: at(HOUR), n: 1 }] },
      { version: 'v10', points: [{ time: at(0), ...slow }] },
    ]);
    expect(await timeline(HOUR, 2 * HOUR, MINUTE)).toMatchObject([{ version: 'v2' }]);
  });
});
