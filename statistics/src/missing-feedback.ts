/**
 * By how much worse (or better) the candidate's rows without feedback would have to be than those with it for an `effect` to
 * be none: |effect| / (1 − feedback rate). Null when every row has feedback.
 */
export function tippingPoint(effect: number, feedbackRate: number): number | null {
  return feedbackRate < 1 ? Math.abs(effect) / (1 - feedbackRate) : null;
}
