import type { Labels, Series } from './alert-test.ts';

/** What queries answer at one moment, given the series; samples come every 10 seconds. */
export type RecordTest = {
  /** Files in `rules/`, those whose records others use first. */
  rules: readonly string[];
  series: Series;
  /** Time since the first sample, such as `5m30s`. */
  at: string;
  /** Query to its answer; `__name__` is among the labels only if the query keeps it. */
  expects: Record<string, readonly { labels: Labels; value: number }[]>;
};

/** A file for `promtool test rules` (JSON is YAML). */
export function promtoolRecordFile(
  name: string,
  { series, at, expects }: RecordTest,
  { files, groups }: { files: readonly string[]; groups: readonly string[] },
): string {
  return JSON.stringify({
    rule_files: files,
    group_eval_order: groups,
    evaluation_interval: '10s',
    tests: [
      {
        name,
        interval: '10s',
        input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
        promql_expr_test: Object.entries(expects).map(([expr, samples]) => ({
          expr,
          eval_time: at,
          exp_samples: samples.map(({ labels, value }) => ({ labels: notation(labels), value })),
        })),
      },
    ],
  });
}

function notation(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
}
