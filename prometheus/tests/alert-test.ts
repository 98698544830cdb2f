/** Metric, as in a query, to its samples in promtool's notation (`0+5x60`: 0, 5, 10, … 300). */
export type Series = Record<string, string>;
export type Labels = Record<string, string>;

/** The expected alerts at one moment, given the series. */
export type Case = {
  series: Series;
  /** Time since the first sample, such as `5m30s`. */
  at: string;
  /** Labels, except `alertname` and `severity`, of the alerts that fire. Default: none fires. */
  fires?: readonly Labels[];
};

/** The moments at which every alert is tested. */
export type AlertTest = {
  severity: 'critical' | 'warning' | 'info';
  /** Time between samples and between evaluations. */
  every?: '10s' | '1m';
  /** The annotations are part of the test, in the order of `fires`: they must show the values. */
  firing: Required<Case> & { words: readonly { summary: string; description: string }[] };
  /** As bad as it can be without an alert. */
  justBelow: Case;
  /** The series of `firing`, but too early. */
  beforeFor: string;
  noTraffic: Case;
  /** The gateway restarts: its counters begin at 0 again. */
  counterReset: Case;
  missingSeries: Case;
  /** More moments, by name. */
  also?: Record<string, Case>;
};

/** The tests of all alerts in one file of rules. */
export type AlertTests = {
  /** That file, and those with the records that it uses. */
  rules: readonly string[];
  alerts: Record<string, AlertTest>;
};

/**
 * A file for `promtool test rules` (JSON is YAML) with all cases of one alert. `groups` in the order of evaluation:
 * promtool's own order is random.
 */
export function promtoolFile(
  alert: string,
  test: AlertTest,
  { files, groups }: { files: readonly string[]; groups: readonly string[] },
): string {
  const { firing, every = '10s' } = test;
  const cases: Record<string, Case> = {
    firing,
    'just below': test.justBelow,
    'before `for`': { series: firing.series, at: test.beforeFor },
    'no traffic': test.noTraffic,
    'counter reset': test.counterReset,
    'missing series': test.missingSeries,
    ...test.also,
  };
  return JSON.stringify({
    rule_files: files,
    group_eval_order: groups,
    evaluation_interval: every,
    tests: Object.entries(cases).map(([name, { series, at, fires = [] }]) => ({
      name: `${alert}: ${name}`,
      interval: every,
      input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
      ...(name === 'firing'
        ? {
            alert_rule_test: [
              {
                eval_time: at,
                alertname: alert,
                exp_alerts: fires.map((labels, i) => expected(alert, test, labels, i)),
              },
            ],
          }
        : {
            // only which alerts fire: the annotations are compared above
            promql_expr_test: [
              {
                expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
                eval_time: at,
                exp_samples: fires.map((labels) => ({ labels: alertSeries(alert, test, labels), value: 1 })),
              },
            ],
          }),
    })),
  });
}

function expected(alert: string, { severity, firing }: AlertTest, labels: Labels, i: number) {
  return {
    exp_labels: { ...labels, severity },
    exp_annotations: { ...firing.words[i], runbook_url: `docs/runbooks.md#${alert.toLowerCase()}` },
  };
}

function alertSeries(alert: string, { severity }: AlertTest, labels: Labels): string {
  const all = { ...labels, alertname: alert, alertstate: 'firing', severity };
  return `ALERTS{${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
}
