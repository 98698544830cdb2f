import type { SameRowsComparison } from '@coppice/contract';
import { judgedReport } from '@coppice/testkit/judged-report';
import { describe, expect, it } from 'vitest';
import type { GateEvidence } from './gate-evidence.ts';
import { gateVerdictOf, judgeLines } from './judge-gate.ts';
import { parseGate } from './parse-gate.ts';

const same: SameRowsComparison = {
  ...{ release: 7, against: 4, rows: 30, both_right: 26, only_release: 1, only_against: 2, both_wrong: 1 },
  ...{ difference: -0.033, interval: [-0.1, 0.03], at_least: -0.08, p: 1, cost_difference: null, notes: [] },
};
const whole: GateEvidence = {
  ...{ model: 'iris', release: 7, champion: 4, report: judgedReport(), sameRows: same },
  replay: { compared: 400, agreement: 0.97, at_least: 0.948 },
};
const judged = (line: string, evidence: Partial<GateEvidence> = {}) => {
  const [only] = judgeLines(parseGate(line), { ...whole, ...evidence });
  return [only?.passed, only?.found];
};

describe('a line of the gate', () => {
  it.each([
    ['accuracy >= 0.9', true, '0.900'],
    ['accuracy >= 0.933', false, '0.900, 0.033 short'],
    ['accuracy >= 0.9000001', false, '0.900, 0.0000001 short'],
    ['macro_f1 >= 0.95', false, '0.900, 0.050 short'],
    ['log_loss <= 0.4', true, '0.400'],
    ['log_loss <= 0.25', false, '0.400, 0.150 too much'],
    ['calibration_error <= 0.05', true, '0.050'],
    ['cost <= 0.2', true, '0.200'],
    ['cost <= -0.1', false, '0.200, 0.300 too much'],
    ['recall[b] >= 0.9', false, '0.867, 0.033 short'],
    ['precision[a] >= 0.875', true, '0.875'],
    ['f1[a] >= 0.9', true, '0.903'],
    ['auc[b] >= 0.9', true, '0.950'],
    [
      'not worse than the champion by more than 0.1',
      true,
      'worse by 0.080 at most (one-sided 95 %, 30 same rows, against release 4)',
    ],
    [
      'not worse than the champion by more than 0.01',
      false,
      'may be worse by 0.080, 0.070 too much (one-sided 95 %, 30 same rows, against release 4)',
    ],
    ['replay agrees >= 0.94', true, 'at least 0.948 (400 rows, 0.970 of them alike)'],
    ['replay agrees >= 0.95', false, 'at least 0.948, 0.002 short (400 rows, 0.970 of them alike)'],
  ])('%s', (line, passed, found) => {
    expect(judged(line)).toEqual([passed, found]);
  });

  it.each<[string, Partial<GateEvidence>, string]>([
    [
      'accuracy >= 0.5',
      { report: null },
      'the release has no report: publish it with one, as npm run train and import do',
    ],
    ['recall[c] >= 0.5', {}, 'the release has no class c: its classes are a, b'],
    ['auc[c] >= 0.5', {}, 'the release has no class c: its classes are a, b'],
    ['auc[a] >= 0.5', { report: judgedReport({ roc: [] }) }, 'the model gives no probabilities: leave the line out'],
    [
      'log_loss <= 9',
      { report: judgedReport({ log_loss: null }) },
      'the model gives no probabilities: leave the line out',
    ],
    [
      'calibration_error <= 1',
      { report: judgedReport({ calibration: null }) },
      'the model gives no probabilities: leave the line out',
    ],
    [
      'cost <= 9',
      { report: judgedReport({ business: null }) },
      'its report has no costs: npm run train -- --cost ACTUAL:ANSWERED=COST,… makes a release with them',
    ],
    [
      'recall[b] >= 0',
      {
        report: judgedReport({
          confusion: [
            [30, 0],
            [0, 0],
          ],
        }),
      },
      'no test row has the class: test on rows of every class',
    ],
    [
      'precision[b] >= 0',
      {
        report: judgedReport({
          confusion: [
            [30, 0],
            [0, 0],
          ],
        }),
      },
      'no test row was answered with the class: test on rows of every class',
    ],
    [
      'not worse than the champion by more than 1',
      { sameRows: null },
      'it was not compared with release 4, the champion: npm run evaluate -- 7',
    ],
    [
      'not worse than the champion by more than 1',
      { champion: 5 },
      'it was not compared with release 5, the champion: npm run evaluate -- 7',
    ],
    [
      'not worse than the champion by more than 1',
      { sameRows: { ...same, rows: 0 } },
      'it has no rows to be compared with release 4 on: npm run evaluate -- 7',
    ],
    [
      'replay agrees >= 0',
      { replay: null },
      'no replay compared it with the champion: npm run replay -- --version VERSION --since 7d, with the version that serves release 7',
    ],
  ])('%s fails without its evidence, and names the remedy', (line, evidence, found) => {
    expect(judged(line, evidence)).toEqual([false, found]);
  });

  it('holds against no champion, and for the champion itself, whatever was compared', () => {
    const line = 'not worse than the champion by more than 0';
    expect(judged(line, { champion: null, sameRows: null })).toEqual([true, 'there is no champion']);
    expect(judged(line, { champion: 7, sameRows: null })).toEqual([true, 'it is the champion']);
    expect(judged(line, { sameRows: { ...same, at_least: 0.01 } })[1]).toMatch(/^not worse \(/);
  });

  it('takes a sum of quotients for what it stands for', () => {
    expect(
      judged('macro_f1 >= 0.3', { report: judgedReport({ macro_f1: 0.1 + 0.2 - 1e-16 - 0.00000000000000005 }) })[0],
    ).toBe(true);
    expect(judged('log_loss <= 0.3', { report: judgedReport({ log_loss: 0.1 + 0.2 }) })[0]).toBe(true);
  });
});

describe('the verdict', () => {
  const approved = { approved: true, who: 'ana', time: '2026-01-01T00:00:00.000Z', reason: 'fine' };
  const rejected = { ...approved, approved: false, reason: 'unfair' };
  const lines = judgeLines(parseGate('accuracy >= 0.9\nrecall[b] >= 0.9\nf1[a] >= 0.99'), whole);
  const good = lines.slice(0, 1);
  const by = { model: 'iris', release: 7, approval: 'person', verdict: approved, exempt: null } as const;

  it.each([
    ['all lines and an approval', good, by, true, 'Release 7 passes the gate: 1 of 1 lines hold, approved by ana.'],
    ['no line at all', [], by, true, 'Release 7 passes the gate: approved by ana.'],
    [
      'approval by none',
      good,
      { ...by, approval: 'auto', verdict: null },
      true,
      'Release 7 passes the gate: 1 of 1 lines hold, no approval is needed.',
    ],
    ['no approval', good, { ...by, verdict: null }, false, 'Release 7 is not approved: npm run registry -- approve 7.'],
    [
      'no approval of another model',
      good,
      { ...by, model: 'churn', verdict: null },
      false,
      'Release 7 is not approved: npm run registry -- approve 7 --model churn.',
    ],
    [
      'a rejection',
      good,
      { ...by, approval: 'auto', verdict: rejected },
      false,
      'Release 7 was rejected by ana: unfair.',
    ],
    [
      'failed lines',
      lines,
      { ...by, verdict: null },
      false,
      'Release 7 does not pass the gate’s line “recall[b] >= 0.9” (0.867, 0.033 short), and fails 1 more line; and it is not approved: npm run registry -- approve 7.',
    ],
    [
      'the champion',
      lines,
      { ...by, verdict: rejected, exempt: 'champion' },
      true,
      'Release 7 is the champion: the gate lets it be.',
    ],
  ] as const)('goes by %s', (_, judgedLines, of, passed, words) => {
    expect(gateVerdictOf(judgedLines, of)).toEqual({ passed, words: words.replaceAll('’', "'"), lines: judgedLines });
  });
});
