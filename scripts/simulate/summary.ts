import {
  type ComparisonReport,
  type ConfigView,
  type DriftReport,
  driftState,
  type FeatureDrift,
  figuresApart,
  scoreWords,
} from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { LEAST_ASSIGNMENTS } from '@coppice/statistics/split-verdict';
import type { Options } from './options.ts';
import { checkSplit } from './split-check.ts';
import type { Spoiled } from './spoiler/spoiler.ts';
import type { Tally } from './tally.ts';

export type Outcome = {
  options: Pick<Options, 'rate' | 'versionPin' | 'bad'>;
  tally: Tally;
  sent: number;
  elapsedMs: number;
  /** The gateway's configuration before and after; null when it could not be reached. */
  before: ConfigView;
  after: ConfigView | null;
  drift: DriftReport | null;
  /** Of the weights in force; null when the gateway did not report it. */
  comparison: ComparisonReport | null;
  /** What was spoiled of each bad version; null for none, and when the spoiler is gone. */
  spoiled: Record<string, Spoiled> | null;
};

/** The summary that the terminal shows at the end. */
export function summarize(outcome: Outcome): string {
  const { tally, sent, elapsedMs, options } = outcome;
  const kept = elapsedMs > 0 ? sent / (elapsedMs / 1000) : 0;
  const lines = [
    line('sent', `${sent} in ${(elapsedMs / 1000).toFixed(1)} s, ${kept.toFixed(1)}/s of ${options.rate}/s requested`),
    line('answered', `${tally.answered}${tally.failovers > 0 ? `, ${tally.failovers} of them by failover` : ''}`),
    ...(tally.refused > 0 ? [line('refused', `${tally.refused} deliberately invalid`)] : []),
    line('failed', tally.failed === 0 ? 'none' : String(tally.failed)),
    ...byCount(tally.failures),
    line('latency', latency(tally)),
    '',
    ...split(outcome),
    ...bad(outcome),
    ...feedback(tally),
    ...comparison(outcome.comparison),
    ...drift(outcome.drift),
  ];
  return `${lines.join('\n')}\n`;
}

function latency({ latency: histogram }: Tally): string {
  const ms = (p: number) => {
    const seconds = histogram.quantile(p);
    return seconds === null ? '–' : (seconds * 1000).toPrecision(3);
  };
  return `p50 ${ms(0.5)} ms, p95 ${ms(0.95)} ms, p99 ${ms(0.99)} ms`;
}

function split({ tally, before, after, options }: Outcome): string[] {
  const shares = Object.fromEntries(before.versions.map(({ version, share }) => [version, share]));
  const check = checkSplit(tally, shares);
  if (!check) return [];
  const rows = check.rows.map(({ version, expected, observed, answers }) =>
    line(version, `${answers} answers, ${percent(observed)} of ${check.unit}, configured ${percent(expected)}`),
  );
  if (options.versionPin !== undefined) return [...rows, line('split', `all pinned to ${options.versionPin}`)];
  if (after && after.revision !== before.revision)
    return [...rows, line('split', 'not judged: the weights changed during the run'), ...sticky(tally)];
  const verdict = {
    fits: `follows the weights (${check.total} ${check.unit})`,
    differs: `does not follow the weights (${check.total} ${check.unit})`,
    'not enough data': `not judged: ${check.total} of ${LEAST_ASSIGNMENTS} ${check.unit} needed`,
  }[check.verdict];
  return [...rows, line('split', verdict), ...sticky(tally)];
}

function sticky({ users, moved }: Tally): string[] {
  if (users === 0) return [];
  return [
    line(
      'sticky',
      moved.size === 0 ? `all ${users} users kept their version` : `${moved.size} of ${users} users moved`,
    ),
  ];
}

function bad({ options, spoiled }: Outcome): string[] {
  return Object.entries(options.bad).map(([version, { latency }]) => {
    const counts = spoiled?.[version];
    if (!counts) return line('bad', `${version}: the spoiler ended before this command`);
    const { requests, errors, flipped, rows } = counts;
    const parts = [
      `${errors} of ${requests} requests got a 500`,
      ...(rows > 0 ? [`${flipped} of ${rows} rows another class`] : []),
      ...(latency > 1 ? [`answers took ${latency} times as long`] : []),
    ];
    return line('bad', `${version}: ${parts.join(', ')}; restored`);
  });
}

/** No shares: versions that answered other traffic are compared by the gateway, which knows how certain that is. */
function feedback({ feedback: { sent, failed }, versions }: Tally): string[] {
  if (sent === 0 && failed.size === 0) return [];
  const counts = [...versions]
    .filter(([, { feedback }]) => feedback > 0)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { feedback, correct }]) => `${name} ${correct} of ${feedback} right`);
  return ['', line('feedback', [`${sent} sent`, ...counts].join(', ')), ...byCount(failed)];
}

/** In the gateway's words. It counts since the weights came in force, which may be before the run. */
function comparison(report: ComparisonReport | null): string[] {
  if (!report || report.candidates.length === 0) return [];
  return ['', ...report.candidates.map(({ words }, i) => line(i === 0 ? 'comparison' : '', words))];
}

function drift(report: DriftReport | null): string[] {
  if (!report) return ['', line('drift', 'not reported by the gateway')];
  return [
    '',
    line('drift', report.verdict),
    line('', `score ${scoreWords(report)}; last ${report.samples} predictions`),
    ...report.features.map((feature) => line(feature.feature, figuresOf(feature))),
  ];
}

function figuresOf(feature: FeatureDrift): string {
  if (!feature.judged) return 'not judged yet';
  const { ks, chi_square, psi, missing } = feature;
  const figures = [
    ...('training' in feature ? [`mean ${signed(feature.mean_shift)} σ`] : []),
    ...(ks ? [`KS ${pWords(ks.p_adjusted)}`] : []),
    ...(chi_square ? [`χ² ${pWords(chi_square.p_adjusted)}`] : []),
    ...(psi ? [`PSI ${figuresApart(psi.value, psi.threshold, 3).join(' of ')}`] : []),
    ...(missing.p_adjusted === null ? [] : [`missing ${percent(missing.now ?? 0)}`]),
  ];
  return `${driftState(true, feature.drifted)}: ${figures.join(', ')}`;
}

/** One of χ² is 1 less a number, and 0 where that is nearly 1. */
const pWords = (p: number): string => (p === 0 ? 'p < 1e-15' : `p ${p.toPrecision(2)}`);

const WIDTH = 16;
const line = (name: string, text: string): string =>
  printable(`${name.padEnd(WIDTH)}${name.length < WIDTH ? '' : ' '}${text}`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const signed = (value: number | null): string =>
  value === null ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function byCount(counts: Map<string, number>): string[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([kind, n]) => line('', `${n} × ${kind}`));
}
