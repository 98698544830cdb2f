// Over 300 lines: one suite that every database passes, read from top to bottom.

import { randomUUIDv7 } from 'node:crypto';
import { totalOf } from '@coppice/statistics/bucketed';
import { aRow, idAt, openForTest, SCHEMA, type Settings, testDatabases } from '@coppice/testkit/record/databases';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { UnmatchedFeedbackError } from '../storage/port/errors.ts';
import type { FeedbackItem } from '../storage/port/feedback.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import type { FeedbackConfig } from './feedback-config.ts';

const DAY = 86_400_000;
/** Noon of a day, so that rows around it are of one day. */
const NOON = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
let period = 1;
const newEpoch = () => ({ period: period++, weights: { v1: 1, v2: 1 }, releases: { v1: null, v2: null } });
const withFeedback = (changes: Partial<FeedbackConfig>): { feedback: FeedbackConfig } => ({
  feedback: { costs: null, outcomeGood: 'high', outcomeRange: null, ...changes },
});
const costs = { setosa: { versicolor: 5 }, virginica: { versicolor: 0.5, setosa: 9 } };

describe.each(testDatabases)('feedback in $name', ({ name, start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  let settings: Settings;
  beforeAll(async () => {
    database = await start();
    settings = await database.fresh();
  });
  afterAll(() => database.stop());

  async function open(config: Partial<FeedbackConfig> = {}, where?: Settings) {
    const opened = await openForTest(where ?? (await database.fresh()), { config: withFeedback(config) });
    onTestFinished(() => opened.record.close());
    const { record, epochs } = opened;
    const epoch = newEpoch();
    return {
      ...opened,
      /** Records rows of one epoch; returns their ids. */
      async recorded(...rows: Partial<RecordedPrediction>[]): Promise<string[]> {
        const added = rows.map((row) => aRow({ epoch, ...row }));
        for (const row of added) record.append(row);
        await record.flush();
        return added.map(({ id }) => id);
      },
      give: async (item: FeedbackItem) => (await record.addFeedback([item]))[0],
      async shadowed(id: string, name: string, version = 'v2') {
        record.addShadowAnswer({ id, version, class: name });
        await record.flush();
      },
      /** Sums of what feedback counts: `[n, sum, squares]`. */
      async counted() {
        const { cells = [] } = (await epochs()).find((one) => one.period === epoch.period) ?? {};
        const fed = cells.filter(({ metric }) => !['assigned', 'errors', 'answered'].includes(metric));
        return Object.fromEntries(
          fed.map(({ version, metric, against, n, sum, squares }) => [
            [version, metric, against].filter(Boolean).join(' '),
            [n, sum, squares].map((values) => near(totalOf(values))),
          ]),
        );
      },
    };
  }

  describe('counts', () => {
    const loss = -Math.log(0.9);

    it('whether the class was right, its log loss and its cost, and the outcome', async () => {
      const { recorded, give, counted } = await open({ costs });
      const [right, wrong, worse] = (await recorded({}, {}, {})) as [string, string, string];
      expect(await give({ prediction_id: right, actual: 'versicolor', outcome: 12.5 })).toEqual({
        ...{ prediction_id: right, version: 'v1', source: 'api', correct: true, previous: null },
        ...{ effect: 'new', outcomeEffect: 'new' },
      });
      await give({ prediction_id: wrong, actual: 'virginica' });
      // the version gave it no chance at all
      await give({ prediction_id: worse, actual: 'setosa' });
      const [zero, tenth] = [-Math.log(1e-15), -Math.log(0.1)];
      expect(await counted()).toEqual({
        'v1 accuracy': [3, 1, 1],
        'v1 log_loss': [3, near(loss + tenth + zero), near(loss ** 2 + tenth ** 2 + zero ** 2)],
        'v1 cost': [3, 5.5, 25.25],
        'v1 outcome': [1, 12.5, 156.25],
      });
    });

    it('in the bucket of the row', async () => {
      const { recorded, give, epochs } = await open();
      const [id] = (await recorded({ bucket: 7 })) as [string];
      await give({ prediction_id: id, actual: 'setosa' });
      const cell = (await epochs())[0]?.cells.find(({ metric }) => metric === 'accuracy');
      expect([...(cell?.n ?? [])].map((n, bucket) => (n > 0 ? bucket : -1)).filter((bucket) => bucket >= 0)).toEqual([
        7,
      ]);
    });

    it('an outcome of 0, and an outcome without a class', async () => {
      const { recorded, give, counted, record } = await open({ costs });
      const [id] = (await recorded({})) as [string];
      expect(await give({ prediction_id: id, outcome: 0 })).toMatchObject({
        ...{ correct: null, previous: null, effect: null, outcomeEffect: 'new' },
      });
      expect(await counted()).toEqual({ 'v1 outcome': [1, 0, 0] });
      expect(await record.find(id)).toMatchObject({ actual: null, outcome: 0 });
    });

    it('an outcome within its range, and keeps it as it was sent', async () => {
      const { recorded, give, counted, record } = await open({ outcomeRange: [-10, 500] });
      const ids = (await recorded({}, {}, {})) as [string, string, string];
      for (const [i, outcome] of [501, -11, 3].entries()) await give({ prediction_id: ids[i] as string, outcome });
      expect(await counted()).toEqual({ 'v1 outcome': [3, 493, 250_000 + 100 + 9] });
      expect(await record.find(ids[0])).toMatchObject({ outcome: 501 });
    });

    it('no log loss without probabilities', async () => {
      const { recorded, give, counted } = await open();
      const [id] = (await recorded({ probability: null })) as [string];
      await give({ prediction_id: id, actual: 'versicolor' });
      expect(await counted()).toEqual({ 'v1 accuracy': [1, 1, 1] });
    });

    it('no cost by a matrix that names a class which the model does not have', async () => {
      const { recorded, give, counted } = await open({ costs: { setosa: { rose: 5 } } });
      const [id] = (await recorded({})) as [string];
      await give({ prediction_id: id, actual: 'setosa' });
      expect(await counted()).not.toHaveProperty('v1 cost');
    });

    it.each<[string, Partial<RecordedPrediction>]>([
      ['that another version answered', { version: 'v2', assigned: 'v1', route: 'failover' }],
      ['that was pinned', { assigned: null, route: 'pinned' }],
      ['of the page', { source: 'page' }],
      ['of before', { epoch: null }],
    ])('nothing for a row %s, and keeps the feedback', async (_which, row) => {
      const { recorded, give, counted, record } = await open({ costs });
      const [id] = (await recorded({}, row)).slice(1) as [string];
      await give({ prediction_id: id, actual: 'versicolor', outcome: 1 });
      expect(await counted()).toEqual({});
      expect(await record.find(id)).toMatchObject({ actual: 'versicolor', outcome: 1 });
    });

    it('what is final: later feedback takes back what earlier feedback counted, and leaves what it does not name', async () => {
      const { recorded, give, counted, record } = await open({ costs });
      const [id] = (await recorded({})) as [string];
      await give({ prediction_id: id, actual: 'setosa', outcome: 4 });
      expect(await give({ prediction_id: id, outcome: 3 })).toMatchObject({ effect: null, outcomeEffect: 'changed' });
      expect(await give({ prediction_id: id, actual: 'versicolor' })).toMatchObject({
        ...{ correct: true, previous: false, effect: 'changed', outcomeEffect: null },
      });
      expect(await give({ prediction_id: id, actual: 'versicolor', outcome: 3 })).toMatchObject({
        ...{ previous: true, effect: 'same', outcomeEffect: 'same' },
      });
      expect(await counted()).toEqual({
        'v1 accuracy': [1, 1, 1],
        'v1 log_loss': [1, near(loss), near(loss ** 2)],
        'v1 cost': [1, 0, 0],
        'v1 outcome': [1, 3, 9],
      });
      expect(await record.find(id)).toMatchObject({ actual: 'versicolor', outcome: 3 });
    });

    it('by the settings of now, when the same feedback comes again after they changed', async () => {
      const where = await database.fresh();
      const first = await open({}, where);
      const [id] = (await first.recorded({})) as [string];
      const item = { prediction_id: id, actual: 'setosa', outcome: 90 };
      await first.give(item);
      await first.record.close();
      const again = await openForTest(where, { config: withFeedback({ costs, outcomeRange: [0, 50] }) });
      onTestFinished(() => again.record.close());
      expect((await again.record.addFeedback([item]))[0]).toMatchObject({ effect: 'same', outcomeEffect: 'same' });
      const cells = (await again.epochs())[0]?.cells ?? [];
      const sumOf = (metric: string) => totalOf(cells.find((cell) => cell.metric === metric)?.sum as Float64Array);
      expect([sumOf('cost'), sumOf('outcome'), sumOf('accuracy')]).toEqual([5, 50, 0]);
    });
  });

  describe('by reference', () => {
    it('is for the newest prediction with it, also one that is not written yet', async () => {
      const { recorded, record, give } = await open();
      const [old] = await recorded({ id: idAt(NOON - DAY), reference: 'order-1' });
      expect(await give({ reference: 'order-1', actual: 'setosa' })).toMatchObject({ prediction_id: old });
      const row = aRow({ reference: 'order-1', features: [1] });
      record.append(row);
      expect(await give({ reference: 'order-1', outcome: 7 })).toMatchObject({ prediction_id: row.id, effect: null });
      expect(await record.find(row.id)).toMatchObject({ actual: null, outcome: 7 });
    });

    it('is for the newest of one request that was sent again, whichever version answered', async () => {
      const { recorded, give } = await open();
      const same = { reference: 'order-1', userHash: 'ann', features: [1, 2] };
      const [, , last] = await recorded(
        { ...same, id: idAt(NOON), version: 'v2', assigned: 'v2', label: 0 },
        { ...same, id: idAt(NOON + 1), label: -1, probability: null, error: 'timeout', features: [9] },
        { ...same, id: idAt(NOON + 2) },
        { ...same, id: idAt(NOON + 3), label: -1, probability: null, error: 'timeout' },
      );
      expect(await give({ reference: 'order-1', actual: 'setosa' })).toMatchObject({ prediction_id: last });
    });

    it.each([
      ['rows of a batch', { features: [1, 2] }, { features: [1, 3] }],
      ['requests of two users', { userHash: 'ann' }, { userHash: 'bob' }],
    ])('of different %s is refused, naming their ids', async (_what, one, other) => {
      const { recorded, record } = await open();
      const [first, second] = await recorded(
        { id: idAt(NOON), reference: 'order-1', ...one },
        { id: idAt(NOON + 1), reference: 'order-1', ...other },
      );
      const error = await record.addFeedback([{ reference: 'order-1', actual: 'setosa' }]).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(UnmatchedFeedbackError);
      expect(error.unmatched).toEqual([{ index: 0, why: 'ambiguous', ids: [second, first] }]);
    });

    it('is unknown when no row has it, or only failed ones', async () => {
      const { recorded, record } = await open();
      await recorded({ reference: 'failed', label: -1, probability: null, error: 'timeout' });
      const items = ['none', 'failed'].map((reference) => ({ reference, actual: 'setosa' }));
      expect(await record.addMatchingFeedback(items)).toEqual({
        outcomes: [],
        unmatched: [
          { index: 0, why: 'unknown' },
          { index: 1, why: 'unknown' },
        ],
      });
    });
  });

  it('of a batch may be taken as far as it matches', async () => {
    const { recorded, record, counted } = await open();
    const [id] = (await recorded({}, { reference: 'a' })) as [string];
    const { outcomes, unmatched } = await record.addMatchingFeedback([
      { prediction_id: randomUUIDv7(), actual: 'setosa' },
      { prediction_id: id, actual: 'setosa' },
      { reference: 'b', actual: 'setosa' },
      { reference: 'a', actual: 'versicolor' },
    ]);
    expect(outcomes.map(({ correct }) => correct)).toEqual([false, true]);
    expect(unmatched.map(({ index }) => index)).toEqual([0, 2]);
    expect((await counted())['v1 accuracy']).toEqual([2, 1, 1]);
  });

  describe("with the shadow version's answer to the same row", () => {
    it.each([
      ['before the feedback', true],
      ['after the feedback', false],
    ])('that comes %s counts which of the two was right', async (_when, before) => {
      const { recorded, give, shadowed, counted } = await open();
      // live: versicolor
      const answers = ['setosa', 'versicolor', 'virginica', 'setosa'];
      const actual = ['setosa', 'versicolor', 'versicolor', 'virginica'];
      const ids = await recorded({}, {}, {}, {});
      const feed = async () => {
        for (const [i, id] of ids.entries()) await give({ prediction_id: id, actual: actual[i] as string });
      };
      if (!before) await feed();
      for (const [i, id] of ids.entries()) await shadowed(id, answers[i] as string);
      if (before) await feed();
      expect((await counted())['v1 paired v2']).toEqual([4, 1, 1]);
    });

    it('counts the first answer, once, and only to a row that is in the record', async () => {
      const { recorded, give, shadowed, counted } = await open();
      const [id] = (await recorded({})) as [string];
      await give({ prediction_id: id, actual: 'setosa' });
      await shadowed(randomUUIDv7(), 'setosa');
      await shadowed(id, 'setosa');
      await shadowed(id, 'setosa');
      await shadowed(id, 'virginica', 'v3');
      expect(await counted()).toMatchObject({ 'v1 paired v2': [1, 0, 1] });
      await give({ prediction_id: id, actual: 'versicolor' });
      expect(await counted()).toMatchObject({ 'v1 paired v2': [1, 1, 0] });
      expect(await counted()).not.toHaveProperty('v1 paired v3');
    });

    it('waits for the rows that were recorded before it', async () => {
      const { record, give, shadowed, counted } = await open();
      const row = aRow({ epoch: { period: period - 1, weights: { v1: 1, v2: 1 }, releases: { v1: null, v2: null } } });
      record.append(row);
      await shadowed(row.id, 'setosa');
      await give({ prediction_id: row.id, actual: 'setosa' });
      expect((await counted())['v1 paired v2']).toEqual([1, 0, 1]);
    });
  });

  describe('of any order, batches, replacements and writers', () => {
    const rowOf = fc.record({
      bucket: fc.nat({ max: 63 }),
      version: fc.constantFrom('v1', 'v2'),
      label: fc.nat({ max: 2 }),
      shadow: fc.option(fc.constantFrom(...SCHEMA.classes)),
      failedOver: fc.boolean(),
    });
    const giveOf = fc.record({
      row: fc.nat({ max: 7 }),
      actual: fc.option(fc.constantFrom(...SCHEMA.classes), { nil: undefined }),
      outcome: fc.option(fc.integer({ min: -40, max: 40 }), { nil: undefined }),
      /** Ends its batch. */
      last: fc.boolean(),
      writer: fc.nat({ max: 1 }),
      by: fc.constantFrom('prediction_id', 'reference'),
    });
    const probability = [0.25, 0.5, 0.25];

    it('counts the final state', async () => {
      const config = { costs, outcomeRange: [-20, 30] as const };
      const first = await open(config, settings);
      // a SQLite file belongs to one gateway at a time
      const writers = [first, name === 'SQLite' ? first : await open(config, settings)] as const;
      await fc.assert(
        fc.asyncProperty(fc.array(rowOf, { minLength: 8, maxLength: 8 }), fc.array(giveOf), async (drawn, gives) => {
          const epoch = newEpoch();
          const rows = drawn.map(({ failedOver, shadow, ...row }) => ({
            shadow,
            ...aRow({
              ...row,
              epoch,
              probability,
              reference: randomUUIDv7(),
              assigned: failedOver ? 'v3' : row.version,
            }),
          }));
          for (const row of rows) first.record.append(row);
          await first.record.flush();
          for (const { id, shadow } of rows)
            if (shadow !== null) first.record.addShadowAnswer({ id, version: 'v9', class: shadow });
          const state = rows.map((): { actual?: string; outcome?: number } => ({}));
          let batch: FeedbackItem[] = [];
          for (const { row, actual, outcome, last, writer, by } of gives) {
            if (actual === undefined && outcome === undefined) continue;
            const given = {
              ...(actual === undefined ? {} : { actual }),
              ...(outcome === undefined ? {} : { outcome }),
            };
            const { id, reference } = rows[row] as RecordedPrediction;
            batch.push({
              ...given,
              ...(by === 'reference' ? { reference: reference as string } : { prediction_id: id }),
            });
            Object.assign(state[row] as object, given);
            if (!last) continue;
            await (writers[writer] ?? first).record.addFeedback(batch);
            batch = [];
          }
          if (batch.length > 0) await first.record.addFeedback(batch);
          await first.record.flush();
          const { cells = [] } = (await first.epochs()).find((one) => one.period === epoch.period) ?? {};
          const found = new Map<string, number[]>();
          for (const { version, metric, against, n, sum, squares } of cells)
            if (!['assigned', 'errors', 'answered'].includes(metric))
              for (let b = 0; b < 64; b++)
                found.set(`${version} ${metric} ${against} ${b}`, [n[b], sum[b], squares[b]] as number[]);
          expect(close(found)).toEqual(close(expectedCells(rows, state)));
        }),
        { numRuns: 20, seed: 7 },
      );
    });

    type Row = RecordedPrediction & { shadow: string | null };
    /** Written on its own, from the words of the specification. */
    function expectedCells(rows: readonly Row[], state: readonly { actual?: string; outcome?: number }[]) {
      const cells = new Map<string, number[]>();
      const add = (key: string, added: number[]) => {
        const before = cells.get(key) ?? [0, 0, 0];
        cells.set(
          key,
          before.map((value, i) => value + (added[i] as number)),
        );
      };
      for (const [i, { version, assigned, label, bucket, shadow }] of rows.entries()) {
        const { actual, outcome } = state[i] as { actual?: string; outcome?: number };
        if (assigned !== version) continue;
        const predicted = SCHEMA.classes[label] as string;
        const mean = (metric: string, y: number) => add(`${version} ${metric}  ${bucket}`, [1, y, y * y]);
        if (outcome !== undefined) mean('outcome', Math.max(-20, Math.min(30, outcome)));
        if (actual === undefined) continue;
        mean('accuracy', actual === predicted ? 1 : 0);
        mean('log_loss', -Math.log(probability[SCHEMA.classes.indexOf(actual)] as number));
        const byActual: Record<string, Record<string, number>> = costs;
        mean('cost', byActual[actual]?.[predicted] ?? 0);
        const [live, other] = [predicted === actual, shadow === actual];
        if (shadow !== null) add(`${version} paired v9 ${bucket}`, [1, live && !other ? 1 : 0, other && !live ? 1 : 0]);
      }
      return cells;
    }
  });

  it.runIf(name === 'PostgreSQL')(
    'of two gateways at once, in opposite orders, is counted once and never deadlocks',
    async () => {
      const where = await database.fresh();
      const gateways = [await open({ costs }, where), await open({ costs }, where)] as const;
      const [one, other] = gateways;
      const rows = Array.from({ length: 60 }, (_, i) => {
        const version = i % 2 ? 'v1' : 'v2';
        return { version, assigned: version, label: i % 3, bucket: i % 5, reference: `r${i}` };
      });
      const ids = await one.recorded(...rows);
      for (let round = 0; round < 6; round++) {
        const items = ids.map((id, i) => {
          const actual = SCHEMA.classes[(i + round) % 3] as string;
          return { ...(i % 2 ? { prediction_id: id } : { reference: `r${i}` }), actual, outcome: i + round };
        });
        const traffic = gateways.map(({ recorded }) => recorded(...rows.map(({ reference, ...row }) => row)));
        for (const id of ids) other.record.addShadowAnswer({ id, version: 'v3', class: 'setosa' });
        await Promise.all([
          ...traffic,
          one.record.addFeedback(items),
          other.record.addFeedback(items.toReversed()),
          one.record.addFeedback(items.slice(20)),
          other.record.addFeedback(items.toReversed().slice(20)),
        ]);
      }
      await other.record.flush();
      const sums = await one.counted();
      const total = (metric: string) => (sums[`v1 ${metric}`]?.[0] ?? 0) + (sums[`v2 ${metric}`]?.[0] ?? 0);
      expect(['accuracy', 'log_loss', 'cost', 'outcome', 'paired v3'].map(total)).toEqual([60, 60, 60, 60, 60]);
      // the rows' numbers 0 to 59, and 5 rounds more
      expect((sums['v1 outcome']?.[1] ?? 0) + (sums['v2 outcome']?.[1] ?? 0)).toBe(1770 + 60 * 5);
    },
  );
});

/** To 9 decimals: what is taken back leaves rounding errors. */
const near = (value: number) => Math.round(value * 1e9) / 1e9 + 0;

function close(cells: ReadonlyMap<string, readonly number[]>) {
  const rounded = [...cells].map(([key, values]) => [key, values.map(near)] as const);
  return Object.fromEntries(rounded.filter(([, values]) => values.some((value) => value !== 0)));
}
