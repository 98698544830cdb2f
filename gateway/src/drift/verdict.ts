import { type ClassMix, type DriftReport, type FeatureDrift, percentsApart, scoreWords } from '@coppice/contract';

const ofWhat = { test: 'of its predictions for the test rows', training: 'of the training rows' };

/** A version's class mix in words: the class whose share moved most, and those that are never predicted. */
export function classVerdict({
  version,
  drifted,
  reference,
  classes,
  never_predicted: never,
}: Omit<ClassMix, 'verdict' | 'since'>): string {
  if (!drifted) return `the class mix of ${version} is as expected`;
  const moved = classes.reduce((most, item) =>
    Math.abs(item.now - item.expected) > Math.abs(most.now - most.expected) ? item : most,
  );
  const said: string[] = [];
  if (!never.includes(moved.class)) {
    const [now, expected] = percentsApart(moved.now, moved.expected);
    said.push(`${moved.class} is ${now} of predictions, ${expected} ${ofWhat[reference]}`);
  }
  for (const one of classes.filter((item) => never.includes(item.class)))
    said.push(`${one.class} is never predicted, ${percentsApart(one.expected, 0)[0]} ${ofWhat[reference]}`);
  return `${version}: ${said.join(', ')}`;
}

/** The class mixes of all versions in one sentence. */
export function predictionVerdict(versions: readonly Pick<ClassMix, 'drifted' | 'verdict'>[]): string {
  if (versions.length === 0) return 'no version has enough predictions to judge its classes';
  const drifted = versions.filter((version) => version.drifted);
  if (drifted.length === 0) return 'the class mix of each version is as expected';
  return drifted.map(({ verdict }) => verdict).join('; ');
}

type Overall = Pick<DriftReport, 'score' | 'threshold' | 'samples' | 'samples_missing' | 'min_samples'> & {
  features: readonly Pick<FeatureDrift, 'drifted' | 'verdict'>[];
  prediction: { drifted: boolean; verdict: string } | null;
};

/** The whole report in one sentence. */
export function overallVerdict(report: Overall): string {
  const { score, threshold, features, prediction, samples, samples_missing, min_samples } = report;
  if (samples_missing > 0 || score === null) return `not ready: ${samples} of ${min_samples} predictions needed`;
  const found = features.filter((feature) => feature.drifted).map((feature) => feature.verdict);
  if (prediction?.drifted) found.push(prediction.verdict);
  if (found.length === 0) return `no drift in the last ${samples} predictions`;
  if (score > threshold) found.push(`the score is ${scoreWords(report)}`);
  return `drift: ${found.join('; ')}`;
}
