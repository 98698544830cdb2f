import type { ModelReport } from '@coppice/contract';
import { CHART_WIDTH, type Chart } from './chart.ts';
import { importanceChart, MOST_BARS } from './importance-chart.ts';
import { Markup, markup } from './markup.ts';
import { figureOf, section, table, tile } from './page-parts.ts';
import { pageStyle } from './page-style.ts';
import { reportCharts } from './report-charts.ts';
import { type Compared, reportSentence } from './report-sentence.ts';
import { amount, counted, figure, percent, points } from './words.ts';

/** Rows of a table that the page shows; the CSV has all. */
const mostRows = 25;
const style = new Markup(pageStyle);

/** One page that needs nothing else: no script, no other file, no address. */
export function reportPage(report: ModelReport, comparison: Compared | null): string {
  const { model, warnings } = report;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Report of ${model}</title><style>${style}</style></head>
<body><main><h1>Report of ${model}</h1>
<p class="lead">${unbroken(reportSentence(report, comparison))}</p>
${tiles(report)}
${warnings.length > 0 ? markup`<section><h2>What is odd</h2><ul class="warnings">${warnings.map((text) => markup`<li>${text}</li>`)}</ul></section>` : null}
${comparison && compared(comparison)}${classes(report)}${curves(report)}${costs(report)}${importance(report)}${slices(report)}${thresholds(report)}
</main></body></html>
`.text;
}

/** A number stays with its sign, its unit and its name. */
function unbroken(text: string): string {
  return text.replace(/(\d) %/g, '$1\u00a0%').replace(/ ([=<]) (?=\d)/g, '\u00a0$1\u00a0');
}

function tiles({ accuracy, majority, macro_f1, log_loss, calibration, business, rows }: ModelReport): Markup {
  return markup`<dl class="tiles">
${tile('Accuracy', percent(accuracy.value), unbroken(`95 % interval ${percent(accuracy.interval[0])} to ${percent(accuracy.interval[1])}`))}
${tile('Majority class', percent(majority.accuracy), `always “${majority.class}”`)}
${tile('Macro F1', figure(macro_f1), `on ${counted(rows, 'test row')}`)}
${log_loss === null ? null : tile('Log loss', figure(log_loss), '0 is best')}
${calibration && tile('Calibration error', percent(calibration.ece), `Brier score ${figure(calibration.brier)}`)}
${business && tile('Cost per row', amount(business.per_row), `always the majority class: ${amount(business.majority_per_row)}`)}
</dl>`;
}

function compared(comparison: Compared): Markup {
  const { against, both_right, only_release, only_against, both_wrong, at_least, cost_difference, notes } = comparison;
  const other = `release ${against}`;
  return section(
    `Against ${other}`,
    `Both answer the same ${counted(comparison.rows, 'row')}. The exact McNemar test looks at the rows on which only one is right.`,
    table(
      'Rows by who is right',
      [{ title: '' }, { title: `${other} right`, number: true }, { title: `${other} wrong`, number: true }],
      [
        ['this model right', String(both_right), String(only_release)],
        ['this model wrong', String(only_against), String(both_wrong)],
      ],
    ),
    markup`<p>Accuracy differs by ${points(comparison.difference)} points, 95 % interval ${points(comparison.interval[0])} to ${points(comparison.interval[1])}; with 95 % certainty it is ${points(at_least)} points or more.${
      cost_difference === null ? '' : ` Cost per row differs by ${amount(cost_difference)}.`
    }</p>`,
    notes.length > 0 ? markup`<ul class="warnings">${notes.map((note) => markup`<li>${note}</li>`)}</ul>` : null,
  );
}

function classes(report: ModelReport): Markup {
  const figures = table(
    'Figures of each class',
    [{ title: 'class' }, ...['precision', 'recall', 'F1', 'rows'].map((title) => ({ title, number: true }))],
    report.per_class.map((one) => [
      ...[one.class, figure(one.precision), figure(one.recall), figure(one.f1), String(one.support)],
    ]),
  );
  const { title, chart } = reportCharts(report)['confusion_matrix.png'] as { title: string; chart: Chart };
  const both = [figures, figureOf(title, chart)];
  return section(
    'Classes',
    'Precision: of the rows that got this answer, the share that is right. Recall: of the rows of this class, the share that is found.',
    ...(chart.width > CHART_WIDTH ? both : [markup`<div class="charts">${both}</div>`]),
  );
}

function curves(report: ModelReport): Markup | null {
  const { 'confusion_matrix.png': _, ...others } = reportCharts(report);
  const shown = Object.values(others).map(({ title, chart }) => figureOf(title, chart));
  if (shown.length === 0) return null;
  return section(
    'Probabilities',
    'How well they part the classes, and whether the model is as often right as it is sure.',
    markup`<div class="charts">${shown}</div>`,
  );
}

function costs({ business, classes, confusion }: ModelReport): Markup | null {
  if (!business) return null;
  const { total, per_row, interval, majority_per_row } = business;
  const cells = business.costs.flatMap((row, actual) =>
    row.flatMap((cost, answered) => {
      const count = confusion[actual]?.[answered] ?? 0;
      return cost === 0
        ? []
        : [[`${classes[actual]} answered ${classes[answered]}`, amount(cost), String(count), amount(cost * count)]];
    }),
  );
  return section(
    'Costs',
    `In all ${amount(total)}, ${amount(per_row)} per row (95 % interval ${amount(interval[0])} to ${amount(interval[1])}); always answering the majority class costs ${amount(majority_per_row)} per row. Gains are negative.`,
    table(
      'Costs of each kind of answer',
      [{ title: 'actual and answered' }, ...['cost', 'rows', 'total'].map((title) => ({ title, number: true }))],
      cells,
    ),
  );
}

function importance({ importance: features }: ModelReport): Markup | null {
  if (features.length === 0) return null;
  return section(
    'Features',
    'How much accuracy is lost when the values of one feature are shuffled over the rows. A feature whose interval holds 0 may be of no use, or another one says the same.',
    figureOf('Importance', importanceChart(features)),
    features.length <= MOST_BARS
      ? null
      : markup`<p class="quiet">${features.length - MOST_BARS} more in feature_importance.csv.</p>`,
  );
}

function slices({ slices: all }: ModelReport): Markup | null {
  if (all.length === 0) return null;
  return section(
    'Slices',
    `Accuracy on part of the rows: each category, gap, or third of a feature, the worst first.${all.length > mostRows ? ` ${all.length - mostRows} more in slices.csv.` : ''}`,
    table(
      'Accuracy of slices',
      [
        { title: 'feature' },
        { title: 'slice' },
        ...['rows', 'accuracy', '95 % interval'].map((title) => ({ title, number: true })),
      ],
      all
        .slice(0, mostRows)
        .map(({ feature, slice, rows, accuracy, interval }) => [
          ...[feature, slice, String(rows), percent(accuracy), `${percent(interval[0])} to ${percent(interval[1])}`],
        ]),
    ),
  );
}

function thresholds({ thresholds: all }: ModelReport): Markup | null {
  if (all.length === 0) return null;
  return section(
    'Thresholds',
    'What follows if a class is answered wherever its probability reaches the threshold.',
    ...all.map(
      (one) =>
        markup`<details><summary>${one.class}</summary>${table(
          `Thresholds of ${one.class}`,
          ['threshold', 'precision', 'recall', 'F1', 'answered'].map((title) => ({
            title,
            number: title !== 'threshold',
          })),
          one.rows.map(({ threshold, precision, recall, f1, answered }) => [
            ...[figure(threshold), figure(precision), figure(recall), figure(f1), percent(answered)],
          ]),
        )}</details>`,
    ),
  );
}
