import type { GateLine, GateVerdict, ReleaseVerdict } from '@coppice/contract';
import type { GateEvidence } from './gate-evidence.ts';
import { type Found, gateFigure } from './gate-figures.ts';
import { ofModel } from './of-model.ts';
import type { GateRule } from './parse-gate.ts';

/** Figures are quotients and sums of them: 0.9 may be kept as 0.8999999999999999. */
const ROUNDING = 1e-9;

/** The lines of a gate, in their order, each with what was found and by how much it falls short. */
export function judgeLines(rules: readonly GateRule[], evidence: GateEvidence): GateLine[] {
  return rules.map((rule) => ({ line: rule.line, ...judge(rule, evidence) }));
}

/**
 * Whether a release may get traffic: every line passes, and a person approved it unless approval is `auto`. One that was
 * rejected never passes. The champion and the one before it may have any traffic they have.
 */
export function gateVerdictOf(
  lines: readonly GateLine[],
  of: {
    model: string;
    release: number;
    approval: 'person' | 'auto';
    verdict: ReleaseVerdict | null;
    exempt: 'champion' | 'previous champion' | null;
  },
): GateVerdict {
  const { release, exempt } = of;
  if (exempt)
    return { passed: true, words: `Release ${release} is the ${exempt}: the gate lets it be.`, lines: [...lines] };
  const trouble = [failedLines(lines), unapproved(of)].filter((one) => one !== null);
  const approved = of.verdict ? `approved by ${of.verdict.who}` : 'no approval is needed';
  const passing = lines.length === 0 ? approved : `${lines.length} of ${lines.length} lines hold, ${approved}`;
  return {
    passed: trouble.length === 0,
    words:
      trouble.length === 0
        ? `Release ${release} passes the gate: ${passing}.`
        : `Release ${release} ${trouble.join('; and it ')}.`,
    lines: [...lines],
  };
}

function failedLines(lines: readonly GateLine[]): string | null {
  const [first, ...others] = lines.filter(({ passed }) => !passed);
  if (!first) return null;
  const more = others.length === 0 ? '' : `, and fails ${others.length} more ${others.length === 1 ? 'line' : 'lines'}`;
  return `does not pass the gate's line “${first.line}” (${first.found})${more}`;
}

function unapproved({ model, release, approval, verdict }: Parameters<typeof gateVerdictOf>[1]): string | null {
  if (verdict?.approved) return null;
  if (verdict) return `was rejected by ${verdict.who}: ${verdict.reason || 'no reason given'}`;
  return approval === 'auto' ? null : `is not approved: npm run registry -- approve ${release}${ofModel(model)}`;
}

type Judged = Omit<GateLine, 'line'>;

function judge(rule: GateRule, evidence: GateEvidence): Judged {
  switch (rule.kind) {
    case 'figure':
      return judgeFigure(rule, evidence);
    case 'champion':
      return judgeAgainstChampion(rule.margin, evidence);
    case 'replay':
      return judgeReplay(rule.bound, evidence);
  }
}

function judgeFigure(rule: Extract<GateRule, { kind: 'figure' }>, { report }: GateEvidence): Judged {
  if (!report) return missing('the release has no report', 'publish it with one, as npm run train and import do');
  const { higher, of } = gateFigure(rule.figure);
  const found: Found = of(report, rule.class ?? '');
  if (typeof found !== 'number') return missing(found.missing, found.remedy);
  const short = higher ? rule.bound - found : found - rule.bound;
  const passed = short <= ROUNDING;
  return {
    passed,
    found: passed ? figure(found) : `${figure(found, short)}, ${figure(short, short)} ${higher ? 'short' : 'too much'}`,
  };
}

function judgeAgainstChampion(margin: number, { model, release, champion, sameRows }: GateEvidence): Judged {
  if (champion === null) return { passed: true, found: 'there is no champion' };
  if (champion === release) return { passed: true, found: 'it is the champion' };
  const compare = `npm run evaluate -- ${release}${ofModel(model)}`;
  if (!sameRows || sameRows.release !== release || sameRows.against !== champion)
    return missing(`it was not compared with release ${champion}, the champion`, compare);
  if (sameRows.rows === 0) return missing(`it has no rows to be compared with release ${champion} on`, compare);
  const worse = -sameRows.at_least;
  const short = worse - margin;
  const rows = `one-sided 95 %, ${sameRows.rows} same rows, against release ${champion}`;
  if (short > ROUNDING)
    return {
      passed: false,
      found: `may be worse by ${figure(worse, short)}, ${figure(short, short)} too much (${rows})`,
    };
  return { passed: true, found: worse > 0 ? `worse by ${figure(worse)} at most (${rows})` : `not worse (${rows})` };
}

function judgeReplay(bound: number, { release, replay }: GateEvidence): Judged {
  if (!replay)
    return missing(
      'no replay compared it with the champion',
      `npm run replay -- --version VERSION --since 7d, with the version that serves release ${release}`,
    );
  const rows = `${replay.compared} rows, ${figure(replay.agreement)} of them alike`;
  const short = bound - replay.at_least;
  if (short <= ROUNDING) return { passed: true, found: `at least ${figure(replay.at_least)} (${rows})` };
  return {
    passed: false,
    found: `at least ${figure(replay.at_least, short)}, ${figure(short, short)} short (${rows})`,
  };
}

const missing = (what: string, remedy: string): Judged => ({ passed: false, found: `${what}: ${remedy}` });

/** With three decimals, or as many as show the shortage `short`. */
function figure(value: number, short = 1): string {
  const decimals = Math.min(12, Math.max(3, Math.ceil(-Math.log10(short)) + 1));
  return value.toFixed(decimals).replace(/(\.\d\d\d\d*?)0+$/, '$1');
}
