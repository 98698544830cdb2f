import type { ClassMix, DriftReport, FeatureDrift, FeatureValue, MeasuredDrift } from '@coppice/contract';
import { formatPlace } from '../navigation/place.ts';
import { words } from '../parts/format.ts';
import { dayLabel } from './day-label.ts';
import { bySeverity } from './drift-order.ts';
import { rowsShare, shiftWords } from './drift-words.ts';

/** One thing that drifted, in the words of one sentence: "petal width: +1.5 σ … 60 % of rows beyond anything in training". */
export type Cause = {
  name: string;
  /** The version whose classes they are; null for a feature. */
  version: string | null;
  change: string;
  since: string | null;
  /** Rows that training has no like of; empty without. */
  beyond: string;
  /** Where the history shows such rows. */
  rows: string;
  /** What each version has of it, where versions differ. */
  versions: { version: string; words: string }[];
};

/** The causes of drift, the worst first; the class mix of versions last, since features explain it. */
export function driftCauses({ features, prediction }: Pick<DriftReport, 'features' | 'prediction'>): Cause[] {
  return [
    ...bySeverity(features.filter(({ drifted }) => drifted)).map(featureCause),
    ...(prediction?.versions ?? []).filter(({ drifted }) => drifted).map(mixCause),
  ];
}

function featureCause(feature: FeatureDrift): Cause {
  const measured = 'training' in feature ? feature : null;
  const outside = measured ? measured.outside.below + measured.outside.above : 0;
  const several = feature.versions.length > 1;
  return {
    name: words(feature.feature),
    version: null,
    change: changeWords(feature),
    since: feature.since,
    beyond: outside > 0 ? `${rowsShare(outside, feature.rows)} beyond anything in training` : '',
    rows: historyOf({ feature: feature.feature, ...boundsOf(feature) }),
    versions: several ? feature.versions.map((one) => ({ version: one.version, words: ofVersion(one) })) : [],
  };
}

/** The verdict without the feature's name; a shift of the mean in short. */
function changeWords(feature: FeatureDrift): string {
  const { verdict, feature: name } = feature;
  if ('training' in feature && feature.mean_shift !== null && /^ is [\d.]+ σ /.test(verdict.slice(name.length)))
    return shiftWords(feature.mean_shift);
  const said = verdict.slice(name.length).replace(/^:? /, '');
  // rows far outside are among those beyond the training range
  return 'training' in feature ? said.replace(/; [^;]*far outside its training range$/, '') : said;
}

function ofVersion(one: FeatureDrift['versions'][number]): string {
  if (!('outside' in one)) return `${rowsShare(one.unseen, one.rows)} unseen`;
  if (one.mean_shift === null) return `${rowsShare(one.missing, one.rows)} missing`;
  return one.outside > 0
    ? `${shiftWords(one.mean_shift)}, ${rowsShare(one.outside, one.rows)} beyond`
    : shiftWords(one.mean_shift);
}

type Bounds = { min?: string; max?: string; value?: string | null };

/** What the history is asked for: the rows beyond the training range, else those on the side to which the feature moved. */
function boundsOf(feature: FeatureDrift): Bounds {
  if (feature.missing.p_adjusted !== null && (feature.missing.now ?? 0) > feature.missing.training && !moved(feature))
    return { value: null };
  if ('training' in feature) return measuredBounds(feature);
  const [unseen] = feature.unseen.examples;
  const risen = feature.values.reduce((most, one) =>
    (one.now ?? 0) - one.training > (most.now ?? 0) - most.training ? one : most,
  );
  return { value: unseen && unseen.now > (risen.now ?? 0) - risen.training ? unseen.value : risen.value };
}

/** Whether its present values moved, so that gaps are not all that there is. */
const moved = (feature: FeatureDrift) =>
  'training' in feature ? Math.abs(feature.mean_shift ?? 0) >= 0.3 : !/^[^:]*: missing in/.test(feature.verdict);

function measuredBounds({ kind, training, outside, mean_shift }: MeasuredDrift): Bounds {
  const write = (value: number | undefined) => (kind === 'date' ? dayLabel(value ?? 0) : String(value ?? 0));
  const { edges } = training.histogram;
  if (outside.above > 0 && outside.above >= outside.below) return { min: write(edges.at(-1)) };
  if (outside.below > 0) return { max: write(edges[0]) };
  return (mean_shift ?? 0) >= 0 ? { min: write(training.deciles[8]) } : { max: write(training.deciles[0]) };
}

function mixCause({ version, verdict, since, classes }: ClassMix): Cause {
  const risen = classes.reduce((most, one) => (one.now - one.expected > most.now - most.expected ? one : most));
  return {
    ...{ name: 'class mix', version, change: verdict.replace(`${version}: `, ''), since, beyond: '', versions: [] },
    rows: historyOf({ version, class: risen.class }),
  };
}

/** What a person tried on the page is not in the window. */
const historyOf = (filter: Record<string, FeatureValue | undefined>) =>
  formatPlace('history', {
    source: 'api',
    ...(filter as Record<string, string | null>),
  });
