/** Grafana's choice of a window that holds a few samples. */
export const window = '[$__rate_interval]';

/** Per second, summed by labels. */
export const rate = (metric: string, by: string, selector = '') =>
  `sum by (${by}) (rate(${metric}${selector}${window}))`;

/** Quantile of a histogram by labels, each series of which has them; seconds for a histogram of seconds. */
export const quantile = (q: number, metric: string, by = 'version') =>
  `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ''}le) (rate(${metric}_bucket${window})))`;
