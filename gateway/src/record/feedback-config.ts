import { MAX_OUTCOME } from '@coppice/contract';
import { ConfigError, envChoice } from '@coppice/serverkit';
import type { CostMatrix } from '../storage/port/feedback.ts';

export type FeedbackConfig = {
  /** Cost of a prediction by its actual and then its predicted class; null: none is counted. */
  costs: CostMatrix | null;
  /** Which outcomes are better. */
  outcomeGood: 'high' | 'low';
  /** Outcomes beyond it count as its ends; null: as they are. */
  outcomeRange: readonly [number, number] | null;
};

type Env = Record<string, string | undefined>;

/** `COST_MATRIX`, `OUTCOME_GOOD`, `OUTCOME_RANGE`. Throws `ConfigError`. */
export function readFeedbackConfig(env: Env): FeedbackConfig {
  return {
    costs: readCosts(env.COST_MATRIX?.trim()),
    outcomeGood: envChoice(env, 'OUTCOME_GOOD', ['high', 'low'], 'high'),
    outcomeRange: readRange(env.OUTCOME_RANGE?.trim()),
  };
}

/** The classes that a cost matrix names and the model does not have. */
export function unknownCostClasses(costs: CostMatrix | null, classes: readonly string[]): string[] {
  const named = Object.entries(costs ?? {}).flatMap(([actual, row]) => [actual, ...Object.keys(row)]);
  return [...new Set(named)].filter((name) => !classes.includes(name));
}

/** What a person should know about a cost matrix that does not fit the model; null if it fits. */
export function costWarning(costs: CostMatrix | null, classes: readonly string[]): string | null {
  const unknown = unknownCostClasses(costs, classes);
  if (unknown.length === 0) return null;
  return `COST_MATRIX names ${unknown.join(', ')}, and the model's classes are ${classes.join(', ')}: no cost is counted`;
}

function readCosts(text: string | undefined): CostMatrix | null {
  if (!text) return null;
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`COST_MATRIX=${shown(text)} is not allowed: must be JSON, ${EXAMPLE}`, { cause });
  }
  const matrix = isObject(rows) ? Object.values(rows) : [];
  if (matrix.length === 0 || !matrix.every((row) => isObject(row) && Object.values(row).every(isAmount)))
    throw new ConfigError(
      `COST_MATRIX=${shown(text)} is not allowed: must be an object of objects of finite numbers, ${EXAMPLE}`,
    );
  return rows as CostMatrix;
}

const EXAMPLE = '{"<actual class>":{"<predicted class>":5}}';

function readRange(text: string | undefined): readonly [number, number] | null {
  if (!text) return null;
  const [, low, high] = /^(.+?)\.\.(.+)$/.exec(text) ?? [];
  const [least, most] = [Number(low?.trim() || Number.NaN), Number(high?.trim() || Number.NaN)];
  if (isAmount(least) && isAmount(most) && least < most) return [least, most];
  throw new ConfigError(
    `OUTCOME_RANGE=${shown(text)} is not allowed: must be two numbers, the lower one first, such as 0..500`,
  );
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAmount = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= MAX_OUTCOME;
