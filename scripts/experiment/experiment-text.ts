import type { ComparisonReport, ExperimentView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

/** An experiment as lines for a terminal, with what it says so far or its result. */
export function experimentText(view: Omit<ExperimentView, 'comparison'> & Partial<Pick<ExperimentView, 'comparison'>>) {
  const { name, baseline, candidates, metric, started, ended, end, end_reason, comparison } = view;
  const since = `since ${shortTime(started)}`;
  const state = ended === null ? `running ${since}` : `${end} ${shortTime(ended)}, ${since}: ${end_reason}`;
  const title = `${name} · ${candidates.join(', ')} against ${baseline} · ${metric} · ${state}`;
  return lines([title, ...(comparison ? comparisonLines(comparison) : [])]);
}

/** The comparison of the weights in force as lines for a terminal. */
export function comparisonText(report: ComparisonReport): string {
  return lines([`weights in force · since ${shortTime(report.since)}`, ...comparisonLines(report)]);
}

function comparisonLines({ candidates, notes, epochs }: ComparisonReport): string[] {
  return [
    ...notes,
    ...candidates.map(({ words }) => words),
    ...(epochs.length > 1 ? [`compared within ${epochs.length} epochs: weights or releases changed meanwhile`] : []),
  ];
}

const lines = (all: readonly string[]) => all.map((line) => printable(line)).join('\n');
const shortTime = (iso: string) => `${iso.slice(0, 19)}Z`;
