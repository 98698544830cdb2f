import type {
  CandidateComparison,
  ComparedMetricName,
  ComparisonVerdict,
  MeanComparison,
  MeanMetric,
  RiskComparison,
} from '@coppice/contract';
import { count, difference, duration, list, percent, points, size, span, times } from './number-words.ts';

type Compared = Omit<CandidateComparison, 'words'>;
type Judged = { metric: ComparedMetricName | 'paired'; verdict: ComparisonVerdict; name: string; words: string };
/** The two that are compared. */
type Named = { version: string; baseline: string };

const meanNames: Record<MeanMetric, string> = {
  accuracy: 'accuracy',
  outcome: 'outcome',
  log_loss: 'log loss',
  cost: 'cost',
};
const riskNames: Record<RiskComparison['metric'], string> = { errors: 'errors', slow: 'slow answers' };

/** The answer on one candidate in one sentence, with the numbers of its report. `about`: the metric that is asked about. */
export function candidateWords(
  compared: Compared,
  { baseline, about }: { baseline: string; about: ComparedMetricName },
): string {
  const { version, means, risks, paired } = compared;
  const pair = { version, baseline };
  const first = means.find(({ metric }) => metric === about) ?? means[0];
  const all: Judged[] = [
    ...means.map((mean) => ({ ...mean, name: meanNames[mean.metric], words: meanWords(mean, first, pair) })),
    ...risks.map((risk) => ({ ...risk, name: riskNames[risk.metric], words: riskWords(risk, pair) })),
    ...(paired ? [{ ...paired, metric: 'paired' as const, name: 'the same rows', words: pairedWords(paired) }] : []),
  ].sort((a, b) => Number(b.metric === about) - Number(a.metric === about));
  const better = all.filter((one) => one.verdict === 'better');
  const worse = all.filter((one) => one.verdict === 'worse');
  const decided: Judged[] = [...worse, ...better];
  const asked = all.find(({ metric }) => metric === about);
  const [alarm, ...alarms] = checkWords(compared);
  const lead =
    decided.length > 0
      ? `${version} is ${standing(better, worse, about)}: ${decided.map(({ words }) => words).join(', ')}`
      : (alarm ?? undecided(version, baseline, asked, all));
  const more = decided.length > 0 && alarm ? [alarm, ...alarms] : alarms;
  const said = decided.length > 0 || alarm ? decided : [asked];
  // where nothing is known, the lead says so
  const rest = all.some(isKnown) ? all.filter((one) => !said.includes(one)) : [];
  const sentence = `${[lead, ...more, ...restWords(rest)].join('; ')}.`;
  return sentence.startsWith(version) ? sentence : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

const isKnown = ({ verdict }: Judged) => verdict !== 'not enough data';

/** In what, unless it is what is asked about: the same rows answer for accuracy. */
function standing(better: readonly Judged[], worse: readonly Judged[], about: ComparedMetricName): string {
  const names = (judged: readonly Judged[]) => list(judged.map(({ name }) => name));
  if (better.length > 0 && worse.length > 0) return `worse in ${names(worse)} and better in ${names(better)}`;
  const [word, judged] = worse.length > 0 ? ['worse', worse] : ['better', better];
  const asked = ({ metric }: Judged) => metric === about || (metric === 'paired' && about === 'accuracy');
  return judged.some(asked) ? word : `${word} in ${names(judged)}`;
}

function undecided(version: string, baseline: string, asked: Judged | undefined, all: readonly Judged[]): string {
  if (asked?.verdict === 'equivalent') return `${version} is equivalent to ${baseline}: ${asked.words}`;
  if (asked?.verdict === 'no difference seen')
    return `no difference${asked.metric === 'slow' ? ' beyond the tolerance of 19 %' : ''} between ${version} and ${baseline} is seen: ${asked.words}`;
  if (asked?.verdict === 'nothing seen') return `no ${asked.name} of ${version} or ${baseline} are seen`;
  const what = asked ? `: ${asked.words}` : '';
  return all.some(isKnown)
    ? `not enough data to compare the ${asked?.name ?? 'answers'} of ${version} and ${baseline}${what}`
    : `not enough data to compare ${version} and ${baseline} yet${what}`;
}

/** What else is known, and what is not, each in a few words. */
function restWords(rest: readonly Judged[]): string[] {
  // the same rows differ or not: they are no events
  const verdictOf = ({ metric, verdict }: Judged) =>
    metric === 'paired' && verdict === 'nothing seen' ? 'no difference seen' : verdict;
  const named = (verdict: ComparisonVerdict) =>
    list(rest.filter((one) => verdictOf(one) === verdict).map(({ name }) => name));
  const phrases: [string, string, string][] = [
    ['equivalent in ', named('equivalent'), ''],
    ['no difference seen in ', named('no difference seen'), ''],
    ['no ', named('nothing seen'), ' seen'],
    ['withheld: ', named('withheld'), ''],
    ['not enough data: ', named('not enough data'), ''],
  ];
  return phrases.filter(([, names]) => names !== '').map((phrase) => phrase.join(''));
}

function checkWords({ version, checks: { sample_ratio: ratio, feedback } }: Compared): string[] {
  const words: string[] = [];
  if (ratio.status === 'alarm') {
    const { baseline, candidate } = ratio.assigned;
    words.push(
      `${version} cannot be judged: it was assigned ${count(candidate)} of ${count(baseline + candidate)} requests, and by the weights it should be ${count(Math.round(ratio.expected))}`,
    );
  }
  if (feedback.status === 'alarm')
    words.push(
      `the feedback on ${version} cannot be judged: ${percent(feedback.rates.candidate)} of its answers have some, and ${percent(feedback.rates.baseline)} of the baseline's`,
    );
  return words;
}

/** Rows are said once, where several metrics have the same. */
function meanWords(mean: MeanComparison, first: MeanComparison | undefined, pair: Named): string {
  const { metric, verdict, effect, interval, margin, still } = mean;
  const kind = `rows with ${metric === 'outcome' ? 'an outcome' : 'feedback'}`;
  if (effect === null || interval === null) return fewWords(mean, kind, pair);
  const rows = `${count(rowsOf(mean))} ${kind}`;
  const within = verdict === 'equivalent' && margin !== null ? `, within ±${size(metric, margin)}` : '';
  const said = first !== undefined && first !== mean && rowsOf(first) === rowsOf(mean);
  const wait = verdict === 'no difference seen' && still !== null ? `, ${stillWords(metric, still)}` : '';
  return `${meanNames[metric]} ${difference(metric, effect, interval)}${within}${said ? '' : `, ${rows}`}${wait}`;
}

/** Why rows are not enough: one version has few, or nearly all are alike. */
function fewWords({ metric, candidate, baseline }: MeanComparison, kind: string, pair: Named): string {
  if (candidate.n + baseline.n === 0) return `0 ${kind}`;
  const rows = `${count(candidate.n)} ${kind} of ${pair.version} and ${count(baseline.n)} of ${pair.baseline}`;
  if (metric !== 'accuracy' || candidate.mean === null || baseline.mean === null) return rows;
  const right = (candidate.mean + baseline.mean) / 2;
  if (right === 1 || right === 0) return `${rows}, all of them ${right === 1 ? 'right' : 'wrong'}`;
  const many = Math.min(candidate.n, baseline.n) >= MANY_ROWS;
  return many ? `${rows}, few of them ${right > 0.5 ? 'wrong' : 'right'}` : rows;
}
/** So many rows are not enough only where nearly all are right, or wrong. */
const MANY_ROWS = 30;

const rowsOf = ({ baseline, candidate }: MeanComparison) => baseline.n + candidate.n;

function stillWords(metric: MeanMetric, { effect, rows, seconds }: NonNullable<MeanComparison['still']>): string {
  const what = `a difference of ${size(metric, effect)}`;
  if (rows === 0) return `${what} would most likely show by now`;
  return seconds === null
    ? `${what} never shows at this traffic`
    : `${what} most likely shows after ${count(rows)} more, in ${duration(seconds)}`;
}

function riskWords(
  { metric, verdict, margin, limit_ms, baseline, candidate, ratio, ratio_interval }: RiskComparison,
  pair: Named,
): string {
  if (metric === 'slow' && limit_ms === null) return 'what is slow is not known yet';
  if (candidate.rate === null || baseline.rate === null)
    return `${count(candidate.n)} requests of ${pair.version} and ${count(baseline.n)} of ${pair.baseline}`;
  const rates = `${percent(candidate.rate)} of requests, and ${percent(baseline.rate)} of the baseline's`;
  const risk = ratio !== null && ratio_interval !== null ? `, ${times(ratio)} times ${span(ratio_interval)}` : '';
  const within = verdict === 'equivalent' && margin !== null ? `, within ±${points(margin)}` : '';
  return `${riskNames[metric]} in ${rates}${risk}${within}`;
}

function pairedWords({ candidate_right, baseline_right, rows }: NonNullable<Compared['paired']>): string {
  return `of ${count(rows)} same rows ${count(candidate_right)} : ${count(baseline_right)} right where the other is wrong`;
}
