import { type GuardrailView, guardrails, type RolloutLook, type RolloutState } from '@coppice/contract';
import type { Evidence } from './evidence.ts';

/** Where a rollout stands, in one sentence. */
export function rolloutWords(rollout: RolloutState, look: RolloutLook | null): string {
  const { version, baseline, steps, step, percent, state } = rollout;
  const last = rollout.moves.at(-1);
  const why = last ? `: ${last.reason}` : '';
  if (state === 'done' && rollout.promote?.state === 'promoted')
    return `Done: release ${rollout.promote.release} of ${version} became champion.`;
  if (state === 'done') return `Done: ${version} has all of the traffic that it and ${baseline} share${why}.`;
  if (state === 'rolled_back') return `Rolled back: ${version} has no traffic${why}.`;
  if (state === 'paused')
    return rollout.paused_by === 'human'
      ? `Paused, with others' weights in force${why}.`
      : `Paused at ${percent} %${why}.`;
  const place = `${version} has ${percent} % of the traffic that it and ${baseline} share, step ${step + 1} of ${steps.length + 1}`;
  const waits = look?.held ? `held: ${look.held}` : look?.waits ? `so far ${look.waits}` : null;
  return `Running: ${place}${waits ? `; ${waits}` : ''}.`;
}

/** What the guardrails see, for the reason of a change. */
export function guardrailWords({ guardrails: all, proven }: Evidence): string {
  const words = all.filter(({ name }) => name !== 'accuracy' || proven.accuracy !== null).map((one) => one.words);
  const unjudged = all.some(({ name }) => name === 'accuracy') && proven.accuracy === null;
  return [...words, ...(unjudged ? ['accuracy not judged: no feedback'] : [])].join('; ');
}

const unit = {
  errors: { of: 'requests', percent: true },
  slow: { of: 'answers', percent: true },
  accuracy: { of: 'rows', percent: true },
  outcome: { of: 'rows', percent: false },
} as const;

/** A guardrail in words: the two rates, and how strong the evidence for harm is. */
export function guardrailSentence(view: Omit<GuardrailView, 'words'>, version: string, baseline: string): string {
  const { of, percent } = unit[view.name];
  const figure = (value: number) => (percent ? `${(100 * value).toFixed(2)} %` : value.toPrecision(4));
  if (view.candidate === null || view.baseline === null) return `${view.name}: nothing to compare yet`;
  const pair = `${version} ${figure(view.candidate)} of ${count(view.n.candidate)} ${of}, ${baseline} ${figure(view.baseline)} of ${count(view.n.baseline)}`;
  if (view.log_e === null) return `${view.name}: ${pair} (not enough data)`;
  const small = view.status === 'ok' && view.log_e >= view.limit ? `, but ${smallDifference(view.name)}` : '';
  const evidence = `evidence for harm ${odds(view.log_e)}, limit ${odds(view.limit)}${small}`;
  return `${view.name}${view.status === 'violated' ? ' violated' : ''}: ${pair} (${evidence})`;
}

function smallDifference(name: GuardrailView['name']): string {
  const { least } = guardrails[name];
  return `a difference below ${plural(100 * least, 'point')} is no harm`;
}

/** An E-value by its logarithm, as odds. */
function odds(logE: number): string {
  const value = Math.exp(Math.min(logE, 30));
  if (value >= 1e6) return 'over a million : 1';
  return `${value >= 10 ? count(Math.round(value)) : Number(value.toPrecision(2))} : 1`;
}

export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return plural(round(seconds), 'second');
  if (seconds < 7200) return plural(round(seconds / 60), 'minute');
  return plural(round(seconds / 3600), 'hour');
}

/** "5,412" */
export const count = (n: number): string => n.toLocaleString('en');

export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

const round = (value: number) => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
