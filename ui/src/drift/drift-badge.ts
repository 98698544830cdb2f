import { driftState } from '@coppice/contract/drift-words';

const marks = {
  drift: { mark: '▲ ', tone: 'bad' },
  'no drift': { mark: '✓ ', tone: 'good' },
  'no verdict yet': { mark: '', tone: 'muted' },
} as const;

/** The word beside each verdict of the drift report. */
export function driftBadge(judged: boolean, drifted: boolean): { words: string; tone: string } {
  const state = driftState(judged, drifted);
  const { mark, tone } = marks[state];
  return { words: `${mark}${state}`, tone };
}
