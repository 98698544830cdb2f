import type { FeatureValue, HistoryRow, ModelCard } from '@coppice/contract';
import type { Page } from 'playwright-core';

type Row = Record<string, FeatureValue>;

/** Answers the page's requests for the model card, predictions and their history as a model with this card would. */
export async function standInForModel(page: Page, card: ModelCard): Promise<{ sent: Row[] }> {
  const sent: Row[] = [];
  await page.route('**/api/model-info*', (route) => route.fulfill({ json: card }));
  await page.route('**/api/predict', async (route) => {
    const { features, instances } = route.request().postDataJSON() as { features?: Row; instances?: Row[] };
    const version = (await route.request().headerValue('x-model-version')) ?? 'v1';
    if (features) sent.push(features);
    const answers = (instances ?? [features as Row]).map((row) => answerOf(row, card, version));
    const by = { model_version: version, route: 'preview' };
    await route.fulfill({ json: instances ? { predictions: answers, ...by } : { ...answers[0], ...by } });
  });
  const rows = card.rows.map(({ features }, i) => historyRow(features, card, i));
  await page.route(/\/api\/predictions/, (route) => route.fulfill({ json: { predictions: rows, next_cursor: null } }));
  return { sent };
}

/** Depends on all values, and is the same whenever they are. */
function answerOf(row: Row, { classes }: ModelCard, version: string) {
  const text = `${version}${JSON.stringify(row)}`;
  const weights = classes.map(
    (_, c) => 1 + (Array.from(text).reduce((sum, one, i) => sum + one.charCodeAt(0) * (i + c), 0) % 9),
  );
  const total = weights.reduce((sum, one) => sum + one, 0);
  const probability = weights.map((one) => one / total);
  const prediction = probability.indexOf(Math.max(...probability));
  return { prediction, class: classes[prediction]?.name, probability };
}

function historyRow(features: FeatureValue[], card: ModelCard, i: number): HistoryRow {
  const names = card.features.map(({ name }) => name);
  const {
    prediction,
    class: name,
    probability,
  } = answerOf(Object.fromEntries(names.map((one, at) => [one, features[at] ?? null])), card, 'v1');
  return {
    ...{ prediction_id: `0199-${i}`, time: `2026-03-02T09:14:0${i}.000Z`, model_version: 'v1', assigned: 'v1' },
    ...{ release: null, route: 'weighted', source: 'api', reference: null, user_hash: null },
    // an older row lacks the last feature
    ...{ feature_names: i === 0 ? names.slice(0, -1) : names, features: i === 0 ? features.slice(0, -1) : features },
    ...{ prediction, class: name ?? null, probability, latency_ms: 3, error: null, actual: null, outcome: null },
  };
}
