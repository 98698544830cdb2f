import type { ReplayComparison, ReplayView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

const SHOWN = 10;
const WIDTH = 15;

/** What came of a replay, for a terminal. */
export function replayTable(view: ReplayView): string {
  const { accuracy, latency_ms: ms, disagreements, proof } = view;
  const reason = view.end_reason === null ? '' : `: ${view.end_reason}`;
  return [
    `replay of ${view.version}${release(view.release)} · ${view.state}${reason} · ${view.id}`,
    line('rows', `${view.rows} answered, ${view.failed} failed, ${view.not_replayable} not replayable`),
    ...view.not_replayable_why.map(({ why, rows }) => line('', `${rows} ${why}`)),
    line('period', `${view.since} to ${view.until}${view.limit === null ? '' : `, the newest ${view.limit}`}`),
    line('accuracy', accuracy ? `${interval(accuracy)} of ${accuracy.rows} rows with feedback` : 'no feedback'),
    line(
      'latency',
      ms ? `p50 ${show(ms.p50)} ms, p95 ${show(ms.p95)} ms, p99 ${show(ms.p99)} ms, in small batches` : '–',
    ),
    ...view.comparisons.flatMap((comparison) => compared(view, comparison)),
    ...(disagreements.length === 0 ? [] : ['', `disagreements, the first ${Math.min(SHOWN, disagreements.length)}:`]),
    ...disagreements
      .slice(0, SHOWN)
      .map(
        (row) =>
          `  ${row.prediction_id}  ${row.live_version}: ${row.live_class}, ${view.version}: ${row.replayed_class}${row.actual === null ? '' : `, right: ${row.actual}`}  [${row.features.map((value) => value ?? 'missing').join(', ')}]`,
      ),
    ...(proof
      ? ['', line('rollout', `${proof.passes ? 'may start' : 'may not start'} with require: replay (${proof.why})`)]
      : []),
  ]
    .map(printable)
    .join('\n');
}

function compared({ version, classes }: ReplayView, comparison: ReplayComparison): string[] {
  const { live_version, with_feedback, live_right, replayed_right, paired, confusion } = comparison;
  const cells = [
    [`${live_version} \\ ${version}`, ...classes],
    ...confusion.map((counts, i) => [classes[i] ?? String(i), ...counts.map(String)]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return [
    '',
    `against ${live_version}${release(comparison.live_release)}${comparison.in_force ? '' : ', no longer in force'}`,
    line('  agreement', `${interval(comparison.agreement)} of ${comparison.compared} rows`),
    ...(with_feedback === 0
      ? []
      : [
          line('  right', `${live_version} ${live_right}, ${version} ${replayed_right} of ${with_feedback}`),
          line(
            '  paired',
            `${paired.only_replayed} : ${paired.only_live} rows that only ${version} : only ${live_version} has right; ${paired.verdict} (ln E ${paired.log_e.toFixed(2)}, evidence from 3.00)`,
          ),
        ]),
    ...cells.map((row, i) => {
      const text = row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      );
      return line(i === 0 ? '  classes' : '', text.join('  '));
    }),
  ];
}

const line = (name: string, text: string) => `${name.padEnd(WIDTH)} ${text}`.trimEnd();
const release = (text: string | null) => (text === null ? '' : ` (release ${text.slice(0, 8)})`);
const show = (ms: number) => ms.toPrecision(3);
const percent = (share: number) => (100 * share).toFixed(1);
const interval = ({ value, interval: [low, high] }: { value: number; interval: [number, number] }) =>
  `${percent(value)} % (${percent(low)} to ${percent(high)} %)`;
