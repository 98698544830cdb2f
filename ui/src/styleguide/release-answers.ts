import type { ReleaseRow, ReleasesView } from '@coppice/contract';

/** Answers of `GET /releases` in the states of a promotion. */

const card = (letter: string) => letter.repeat(64);
const row: ReleaseRow = {
  ...{ number: 4, created_at: '2026-03-01T08:00:12.000Z', created_by: 'jenkins', aliases: ['champion'] },
  approval: { approved: true, who: 'ada', time: '2026-03-01T08:10:00.000Z', reason: 'as good as the one before' },
  ...{ tags: {}, algorithm: 'random-forest', accuracy: 0.912, test_rows: 1200, features: 4, report: true },
  ...{ classes: ['setosa', 'versicolor', 'virginica'], card_sha256: card('a'), gate: null },
};
const gate = {
  ...{ passed: true, words: 'Release 7 passes all 3 lines of the gate.' },
  lines: [
    { line: 'accuracy >= 0.9', passed: true, found: '93.0 % on 1,200 test rows: 3.0 points above' },
    { line: 'recall[virginica] >= 0.85', passed: true, found: '0.88: 0.03 above' },
    {
      line: 'not worse than the champion by more than 1 point',
      passed: true,
      found: 'at least +0.6 points on the same rows',
    },
  ],
};
export const challenger: ReleaseRow = {
  ...row,
  ...{ number: 7, created_at: '2026-03-02T06:58:41.000Z', aliases: ['challenger'], approval: null },
  ...{ accuracy: 0.93, card_sha256: card('b'), gate },
};
const older = Array.from({ length: 60 }, (_, i): ReleaseRow => {
  const number = 60 - i;
  return { ...row, number, aliases: [], approval: null, report: number % 2 === 0 };
}).filter(({ number }) => number !== 4 && number !== 7 && number < 7);

/** Release 7 waits for its approval beside the champion, release 4. */
export const waiting: ReleasesView = {
  ...{ registry: 'folder /data/registry', model: 'iris', revision: 12, champion: 4, challenger: 7, previous: null },
  ...{ pending: null, trouble: null },
  serving: [
    { version: 'v1', release: 4, alias: 'champion' },
    { version: 'v2', release: 7, alias: 'challenger' },
  ],
  gate: { on: true, approval: 'person', lines: gate.lines.map(({ line }) => line) },
  releases: [challenger, row, ...older],
};

/** The gate refuses release 7, and says by how much. */
export const refused: ReleasesView = {
  ...waiting,
  releases: [
    {
      ...challenger,
      gate: {
        ...{ passed: false, words: 'The gate refuses release 7: accuracy is 88.1 %, 1.9 points below 0.9.' },
        lines: [
          { line: 'accuracy >= 0.9', passed: false, found: '88.1 % on 1,200 test rows: 1.9 points below' },
          ...gate.lines.slice(1),
        ],
      },
    },
    row,
    ...older,
  ],
};

const approval = { approved: true, who: 'admin', time: '2026-03-02T11:00:00.000Z', reason: 'more trees' };
const approvedRow: ReleaseRow = { ...challenger, approval };
export const approved: ReleasesView = { ...waiting, revision: 13, releases: [approvedRow, row, ...older] };

/** Release 7 is champion by the registry, and v1 does not serve it yet. */
export const underWay: ReleasesView = {
  ...{ ...approved, revision: 14, champion: 7 },
  previous: { champion: 4, challenger: 7, weights: { v1: 90, v2: 10 } },
  pending: {
    ...{ change: 'promote', release: 7, weights: { v1: 100, v2: 0 }, since: '2026-03-02T11:00:01.000Z' },
    ...{ who: 'admin', reason: 'more trees' },
  },
  releases: [{ ...approvedRow, aliases: ['champion', 'challenger'] }, { ...row, aliases: [] }, ...older],
};

export const promoted: ReleasesView = {
  ...underWay,
  ...{ revision: 15, pending: null },
  serving: [
    { version: 'v1', release: 7, alias: 'champion' },
    { version: 'v2', release: 7, alias: 'challenger' },
  ],
};

/** What was read last, while the registry is away. */
export const away: ReleasesView = { ...waiting, trouble: 'the bucket releases does not answer: connect ECONNREFUSED' };
