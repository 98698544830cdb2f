import type { Answer } from './post.ts';
import type { Row, Target } from './target.ts';

/** What is wrong with the answer to a row: another status than 200, or another label than the row's. */
export function faultOf(target: Target, { status, text }: Answer, row: Row): Error | null {
  if (status !== 200) return new Error(`${target.label} answered ${status}: ${text.slice(0, 200)}`);
  if (target.labelPattern && target.labels(JSON.parse(text))[0] !== row.label)
    return new Error(`${target.label} gave a wrong label: ${text.slice(0, 200)}`);
  return null;
}
