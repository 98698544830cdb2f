import {
  AxisPlacement,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source of `provisioning/datasources`. */
const datasource = { type: 'prometheus', uid: 'prometheus' };

/** `legend` is a template such as `{{version}}`. */
export type Query = { expr: string; legend: string };

type Options = {
  title: string;
  description: string;
  /** Grafana's name of a unit, such as `percentunit`, `s`, `reqps`. */
  unit: string;
  queries: Query[];
  /** A line, red above it. */
  limit?: number;
  max?: number;
  stacked?: boolean;
  /** Columns of 24. */
  span?: number;
};

/** Lines over time. */
export function lines({ title, description, unit, queries, limit, max, stacked = false, span = 12 }: Options) {
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .span(span)
    .height(8)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(stacked ? 40 : 0)
    .showPoints(VisibilityMode.Never)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  if (max !== undefined) panel.max(max);
  if (limit !== undefined)
    panel
      .thresholds(redAbove(limit))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  for (const [i, query] of queries.entries()) panel.withTarget(target(query, i));
  return panel;
}

/** One number, red above `limit`. */
export function number({ title, description, unit, queries, limit, span = 4 }: Options) {
  const panel = new stat.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .span(span)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  if (limit !== undefined) panel.thresholds(redAbove(limit));
  for (const [i, query] of queries.entries()) panel.withTarget(target(query, i));
  return panel;
}

/** Distribution of a histogram's observations over time. The query is a sum of bucket rates by `le`. */
export function heat({ title, description, unit, queries, span = 12 }: Options) {
  const panel = new heatmap.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .span(span)
    .height(8)
    .calculate(false)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(unit).axisPlacement(AxisPlacement.Left))
    .color(new heatmap.HeatmapColorOptionsBuilder().mode(heatmap.HeatmapColorMode.Scheme).scheme('Oranges').steps(64));
  for (const [i, query] of queries.entries()) panel.withTarget(target(query, i).format(PromQueryFormat.Heatmap));
  return panel;
}

function target({ expr, legend }: Query, i: number): DataqueryBuilder {
  const refId = String.fromCharCode('A'.charCodeAt(0) + i);
  return new DataqueryBuilder().expr(expr).legendFormat(legend).refId(refId).datasource(datasource).range();
}

function redAbove(limit: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: limit, color: 'red' },
  ]);
}
