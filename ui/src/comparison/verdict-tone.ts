import type { ComparisonVerdict } from '@coppice/contract';

/** The class of a verdict's word: its colour repeats what the word says. */
export function verdictTone(verdict: ComparisonVerdict): 'good' | 'bad' | 'warn' | 'muted' | '' {
  if (verdict === 'better') return 'good';
  if (verdict === 'worse') return 'bad';
  if (verdict === 'withheld') return 'warn';
  return verdict === 'not enough data' || verdict === 'nothing seen' ? 'muted' : '';
}
