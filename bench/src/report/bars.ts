/** What the bars judge. Everything is optional: a part may not have run. */
export type Measured = {
  /** Median over the rounds of requests/s of Coppice ÷ those of a peer, by peer and connections. */
  ratio?: Record<string, Record<number, number>>;
  /** Median over the rounds of Coppice's p99 ÷ nginx's at 32 connections. */
  p99Ratio32?: number;
  /** Coppice's processor time per prediction ÷ HAProxy's, model servers included, by connections. */
  processor?: Record<string, Spread>;
  /** Median over the rounds of rows/s of Coppice ÷ those of a peer. */
  batch?: { nginx32: Spread; nginx1024: Spread; flask1024: Spread };
  /** Predictions per second of processor time ÷ those with one version. */
  versions?: { four: Spread; eight: Spread; idle: Spread };
  /** Milliseconds from when a request was due, at 60 % of capacity with everything at work. */
  tail?: { p99: number; p999: number };
  /** Median milliseconds that the gateway adds to one model server at 1 connection. */
  added?: number;
  /** p99 in milliseconds at 1,000 requests/s. */
  rateP99?: number;
  /** Peak MB under load; of the gateway by single predictions, and by batches of 1,024 rows. */
  memory?: { gateway: number; gatewayBatches: number; models: number[]; page: number };
  /** MB after ten times as many predictions ÷ MB before. */
  memoryGrowth?: number;
  /** Upper limit of processor time per prediction of this checkout ÷ that of an old commit, by connections. */
  processorToOld?: Record<string, number>;
  record?: {
    historyMs: number;
    performanceMs: number;
    throughputRatio: number;
    comparisonMs: number;
    /** Predictions per second of processor time with a full record ÷ those with an empty one. */
    processor: Spread;
    /** p99 while retention trims ÷ p99 without. */
    trimming: Spread;
  };
  /** Upper limit of what counting for the comparison costs, in percent of a prediction's processor time. */
  countingPercent?: number;
  /** Median milliseconds to list 1,000 releases in a folder. */
  registryListMs?: number;
  /** Of the worse route: median largest contentful paint, median sum of layout shifts; median from a key to the answer. */
  page?: { lcpMs: number; cls: number; keyMs: number };
};

/** What a change may cost in processor time per prediction. */
export const MOST_TO_OLD = 1.05;

/** Bars of the first figure, by connections. */
const MOST_TO_HAPROXY = { 32: 0.38, 128: 0.33 };

/** A median and the 95 % interval of it. */
export type Spread = { median: number; low: number; high: number };

/** `spread`: of the value, where it was measured often. The median decides. */
export type Bar = {
  name: string;
  bar: string;
  value: number;
  spread?: [low: number, high: number];
  unit: string;
  pass: boolean;
  /** The spread spans the bar: another run may come to the other verdict. */
  close?: boolean;
};

const atLeast = (least: number) => ({ text: `≥ ${least}`, holds: (value: number) => value >= least });
const atMost = (most: number) => ({ text: `≤ ${most}`, holds: (value: number) => value <= most });

/** Judges the bars for which there is a measurement, the most important first. */
export function judge(measured: Measured): Bar[] {
  const bars: Bar[] = [];
  const add = (name: string, value: number | undefined, rule: ReturnType<typeof atLeast>, unit: string) => {
    if (value === undefined || Number.isNaN(value)) return;
    bars.push({ name, bar: `${rule.text} ${unit}`.trimEnd(), value, unit, pass: rule.holds(value) });
  };
  const spread = (name: string, value: Spread | undefined, rule: ReturnType<typeof atLeast>) => {
    if (value === undefined || Number.isNaN(value.median)) return;
    const { median, low, high } = value;
    const close = rule.holds(low) !== rule.holds(high);
    bars.push({
      ...{ name, bar: `${rule.text} ×`, value: median, spread: [low, high], unit: '×' },
      ...{ pass: rule.holds(median), close },
    });
  };
  for (const [connections, most] of Object.entries(MOST_TO_HAPROXY))
    spread(
      `processor time per prediction to HAProxy, ${connections} connections`,
      measured.processor?.[connections],
      atMost(most),
    );
  spread('rows/s to nginx, 32 rows a request', measured.batch?.nginx32, atLeast(1));
  spread('rows/s to nginx, 1,024 rows a request', measured.batch?.nginx1024, atLeast(0.6));
  spread('rows/s to Flask + scikit-learn, 1,024 rows a request', measured.batch?.flask1024, atLeast(2));
  spread('processor efficiency of 4 versions to 1', measured.versions?.four, atLeast(0.8));
  spread('processor efficiency of 8 versions to 1', measured.versions?.eight, atLeast(0.55));
  spread('processor efficiency with 7 versions that get nothing', measured.versions?.idle, atLeast(0.95));
  spread('processor efficiency, large record to empty', measured.record?.processor, atLeast(0.97));
  spread('p99 while retention trims to p99 without', measured.record?.trimming, atMost(2));
  add('p99 at 60 % of capacity, everything at work', measured.tail?.p99, atMost(6), 'ms');
  add('p99.9 at 60 % of capacity, everything at work', measured.tail?.p999, atMost(20), 'ms');
  const ratio = (peer: string, connections: number) => measured.ratio?.[peer]?.[connections];
  add('throughput to nginx, 32 connections', ratio('nginx', 32), atLeast(1), '×');
  add('throughput to nginx, 128 connections', ratio('nginx', 128), atLeast(1.3), '×');
  add('p99 to nginx, 32 connections', measured.p99Ratio32, atMost(1.5), '×');
  add('throughput to Express ceiling, 32 connections', ratio('express', 32), atLeast(0.7), '×');
  add('throughput to Flask + scikit-learn, 32 connections', ratio('flask', 32), atLeast(25), '×');
  add('throughput to MLServer, 32 connections', ratio('mlserver', 32), atLeast(10), '×');
  add('added to a model server, 1 connection, median', measured.added, atMost(0.5), 'ms');
  add('p99 at 1,000 requests/s', measured.rateP99, atMost(10), 'ms');
  add('memory of the gateway under load', measured.memory?.gateway, atMost(150), 'MB');
  add('the same with 8 clients, 1,024 rows a request', measured.memory?.gatewayBatches, atMost(160), 'MB');
  add('memory of a model server under load', measured.memory && Math.max(...measured.memory.models), atMost(150), 'MB');
  add('memory of the page server under load', measured.memory?.page, atMost(80), 'MB');
  add('memory after 10,000,000 predictions to 1,000,000', measured.memoryGrowth, atMost(1.1), '×');
  add('history page, large record', measured.record?.historyMs, atMost(50), 'ms');
  add('/performance, large record', measured.record?.performanceMs, atMost(50), 'ms');
  add('/comparison at 60 % of capacity, large record, p99', measured.record?.comparisonMs, atMost(10), 'ms');
  add('throughput, large record to empty', measured.record?.throughputRatio, atLeast(0.9), '×');
  add('counting, of the processor time per prediction, upper limit', measured.countingPercent, atMost(5), '%');
  add('list of 1,000 releases', measured.registryListMs, atMost(100), 'ms');
  add('largest contentful paint of the page', measured.page?.lcpMs, atMost(1000), 'ms');
  add('layout shift of the page', measured.page?.cls, atMost(0.02), '');
  add('from a key to the answer on the page, median', measured.page?.keyMs, atMost(20), 'ms');
  for (const [connections, limit] of Object.entries(measured.processorToOld ?? {}))
    add(`processor time to the old commit, upper limit, ${connections} connections`, limit, atMost(MOST_TO_OLD), '×');
  return bars;
}
