import {
  type DriftMethodName,
  type DriftMethodResult,
  driftMethodNames,
  type FeatureDrift,
  type MeasuredDrift,
  type ValuesDrift,
} from '@coppice/contract';
import { ALARM_LEVEL } from './alarm-level.ts';
import { type Compared, type ComparedMeasured, type ComparedValues, hasFigures } from './compared.ts';
import { distribution } from './distribution.ts';
import type { DriftConfig } from './drift-config.ts';
import { methods } from './drift-methods.ts';
import { type Found, figuresVerdict, valuesVerdict } from './feature-verdict.ts';
import { partOf } from './mean-std-method.ts';
import { driftScore, farOutside } from './score.ts';
import { type Tests, testFeatures } from './significance.ts';
import { outside } from './training-range.ts';

/** Most unseen values that a report names. */
const MOST_EXAMPLES = 5;

type MethodResults = { [M in DriftMethodName]: DriftMethodResult<M> | null };
/** What is found of a feature; null while it is not judged. */
type Judgement = { results: MethodResults; tests: Tests; found: Found } | null;

/** Compares the features that enough rows of the window have with their references; the others are described only. */
export function judgeFeatures(
  features: readonly Compared[],
  config: Pick<DriftConfig, 'threshold' | 'minSamples'>,
): { score: number; features: FeatureDrift[] } {
  const tested = testFeatures(features.filter(({ seen }) => seen.rows >= config.minSamples));
  const findings = driftMethodNames.map((name) => [name, methods[name](tested, config)] as const);
  const judgements = new Map<Compared['reference'], Judgement>();
  tested.forEach(({ reference, tests }, i) => {
    const results = Object.fromEntries(findings.map(([name, of]) => [name, of[i]?.result ?? null])) as MethodResults;
    const found = {
      distribution: findings.some(([, of]) => of[i]?.drifted),
      missing: isAlarm(tests.missing),
      unseen: isAlarm(tests.unseen),
      suspected: [tests.distribution?.p_adjusted, tests.missing, tests.unseen].some(isSuspect),
    };
    judgements.set(reference, { results, tests, found });
  });
  return {
    score: driftScore(tested.map(partOf)),
    features: features.map((feature) => described(feature, judgements.get(feature.reference) ?? null, config)),
  };
}

/** Features while there are too few rows: not judged, but their values so far are shown. */
export function describeFeatures(features: readonly Compared[]): FeatureDrift[] {
  return features.map((feature) => described(feature, null, null));
}

/** An adjusted p-value that is below this and no alarm yet: too small to call the feature like the training data. */
const SUSPECT_LEVEL = 0.001;
const isSuspect = (p: number | null | undefined) => p !== null && p !== undefined && p < SUSPECT_LEVEL;
const isAlarm = (p: number | null) => p !== null && p < ALARM_LEVEL;
const noResults = Object.fromEntries(driftMethodNames.map((name) => [name, null])) as Record<DriftMethodName, null>;

function described(
  feature: Compared,
  judgement: Judgement,
  config: Pick<DriftConfig, 'minSamples'> | null,
): FeatureDrift {
  const { reference, seen } = feature;
  const found = judgement?.found;
  const common = {
    feature: reference.name,
    rows: seen.rows,
    judged: judgement !== null,
    drifted: found !== undefined && (found.distribution || found.missing || found.unseen),
    since: null,
    missing: {
      training: reference.card.missing,
      now: shareOf(seen.missing, seen.rows),
      p_adjusted: judgement?.tests.missing ?? null,
    },
    ...(judgement?.results ?? noResults),
  };
  const notJudged = `${reference.name} is not judged yet${config ? `: ${seen.rows} of ${config.minSamples} rows that have it` : ''}`;
  if (hasFigures(feature)) {
    const one = { ...common, ...figures(feature, judgement !== null) };
    return { ...one, verdict: found ? figuresVerdict(one, found) : notJudged };
  }
  const one = { ...common, ...values(feature, judgement?.tests.unseen ?? null) };
  return { ...one, verdict: found ? valuesVerdict(one, found) : notJudged };
}

type Own<D extends FeatureDrift, K extends keyof D> = Pick<D, K | ('kind' & keyof D)>;

function figures(
  { reference, seen }: ComparedMeasured,
  judged: boolean,
): Own<MeasuredDrift, 'training' | 'now' | 'mean_shift' | 'std_ratio' | 'far_outside' | 'outside' | 'versions'> {
  const { card, moments } = reference;
  const now = seen.sorted.length > 0 ? distribution(seen.sorted, card.histogram) : null;
  // in training standard deviations: a feature that is constant in training has none
  const comparable = judged && now && moments.std > 0;
  return {
    kind: card.kind,
    training: { ...moments, deciles: card.deciles, histogram: card.histogram },
    now,
    mean_shift: comparable ? (now.mean - moments.mean) / moments.std : null,
    std_ratio: comparable ? now.std / moments.std : null,
    far_outside: farOutside(seen.sorted, reference),
    outside: outside(seen.sorted, card),
    versions: [],
  };
}

function values(
  { reference, seen }: ComparedValues,
  p_adjusted: number | null,
): Own<ValuesDrift, 'values' | 'unseen' | 'versions'> {
  return {
    kind: reference.card.kind,
    values: reference.values.map((value, i) => ({
      value,
      training: reference.shares[i] ?? 0,
      now: shareOf(seen.counts[i] ?? 0, seen.rows),
    })),
    unseen: {
      training: reference.otherShare,
      now: shareOf(seen.unseen, seen.rows),
      p_adjusted,
      examples: seen.others.slice(0, MOST_EXAMPLES).map(({ value, rows }) => ({ value, now: rows / seen.rows })),
    },
    versions: [],
  };
}

const shareOf = (count: number, rows: number) => (rows === 0 ? null : count / rows);
