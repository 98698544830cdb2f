import { existsSync, readFileSync } from 'node:fs';
import type { ConfigView, ModelCard, Prediction } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { ask, askJson, eventually, given, runCheck } from './ask.ts';
import { smokeCases, wrongAnswer } from './expected.ts';

await runCheck(async () => {
  const gateway = given('GATEWAY_URL');
  const { versions } = await askJson<ConfigView>(`${gateway}/config`);
  for (const { version } of versions) {
    const card = await askJson<ModelCard>(`${gateway}/model-info?version=${version}`);
    const classes = card.classes.map(({ name }) => name);
    let release: string | null = null;
    for (const row of smokeCases(card)) {
      const response = await post(`${gateway}/predict`, { features: row.features }, { 'x-model-version': version });
      const answer = (await response.json()) as Prediction;
      release = response.headers.get('x-model-release');
      const wrong = wrongAnswer(row, answer, classes);
      if (wrong) throw new Error(`${version} gives wrong answers: ${wrong}`);
      if (answer.model_version !== version)
        throw new Error(`a request to ${version} got its answer from ${answer.model_version}`);
      await eventually(10, () => ask(`${gateway}/predictions/${answer.prediction_id}`));
    }
    // a release becomes champion or challenger when a person says so, not by a deploy
    if (release === null) sameAsTested(version, card);
    else console.log(`${printable(version)} serves release ${printable(release)}`);
    console.log(`${printable(version)} answers correctly, and its predictions are recorded`);
  }
  // in a cluster there may be neither
  if (process.env.UI_URL) await checkPage(process.env.UI_URL);
  else console.log('the page is not checked: UI_URL is not set');
  if (process.env.PROMETHEUS_URL) console.log(`Prometheus scrapes ${await eventually(45, scraped)} targets`);
  else console.log('Prometheus is not checked: PROMETHEUS_URL is not set');
});

async function checkPage(page: string): Promise<void> {
  const html = await (await ask(`${page}/`)).text();
  if (!html.includes('<html')) throw new Error(`${page}/ is not a page`);
  const { features } = smokeCases(await askJson<ModelCard>(`${page}/api/model-info`))[0] as { features: number[] };
  await post(`${page}/api/predict`, { features, preview: true });
  console.log('the page answers and reaches the gateway');
}

/** The running model must be the one that the pipeline trained and tested, if their names are equal. */
function sameAsTested(version: string, card: ModelCard): void {
  const file = `artifacts/${version}/model-card.json`;
  if (!existsSync(file)) return;
  const tested = JSON.parse(readFileSync(file, 'utf8')) as ModelCard;
  if (tested.name === card.name && tested.artifact.sha256 !== card.artifact.sha256)
    throw new Error(`${version} runs model ${card.artifact.sha256}, but the tested one is ${tested.artifact.sha256}`);
}

function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function scraped(): Promise<number> {
  type Up = { data: { result: { metric: { instance: string }; value: [number, string] }[] } };
  const { data } = await askJson<Up>(`${given('PROMETHEUS_URL')}/api/v1/query?query=up`);
  const down = data.result.filter(({ value }) => value[1] !== '1').map(({ metric }) => metric.instance);
  if (down.length > 0 || data.result.length === 0)
    throw new Error(`Prometheus does not reach ${down.join(', ') || 'anything yet'}`);
  return data.result.length;
}
