import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonReport } from '@coppice/contract';
import { root, run } from '@coppice/testkit/programs/run-command';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/stack.ts';
import { openNotebooks } from './notebook-runner.ts';

const KEY = 'a-key-of-the-notebook';
const explore = '1-explore-the-record';
const bring = '2-bring-a-challenger';
const read = '3-read-the-comparison';

const program = (file: string, ...args: string[]) => run(process.execPath, [join(root, file), ...args]);

/** A table with text, dates, booleans and gaps, whose columns `label` and `probability` are named as outputs often are. */
const tables = [
  { model: 'iris', file: 'trainer/data/iris.csv', target: 'species', keys: '', drifting: 'petal_width=+2sd' },
  { model: 'orders', file: 'testkit/tables/orders.csv', target: 'returned', keys: KEY, drifting: 'weight=+2sd' },
];

describe.each(tables)('notebooks beside a running stack of $model', ({ model, file, target, keys, drifting }) => {
  let folder: string;
  let registry: string;
  let stack: Stack;
  let notebooks: Awaited<ReturnType<typeof openNotebooks>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coppice-notebooks-'));
    registry = join(folder, 'registry');
    const data = join(root, file);
    const trained = ['--name', model, '--out', folder, '--registry', registry];
    await program('trainer/src/main.ts', '--data', data, '--target', target, ...trained);
    stack = await startStack({ artifacts: folder, registry, ui: false, env: { gateway: { API_KEYS: keys } } });
    notebooks = await openNotebooks({ GATEWAY_URL: stack.gatewayUrl, API_KEY: keys, TRAINING_DATA: data });
  });
  afterAll(async () => {
    notebooks?.close();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('explore an empty record in one sentence', async () => {
    expect(await notebooks.execute(explore)).toMatch(/^The record has no predictions of the last 24h/);
  });

  it('explore what was asked, and find the feature that moved', async () => {
    const key = keys === '' ? [] : ['--api-key', keys];
    const traffic = ['--rate', '60', '--duration', '8s', '--feedback', '0.8', '--shift', drifting];
    await program('scripts/simulate.ts', '--gateway', stack.gatewayUrl, ...key, ...traffic);
    const shown = await notebooks.execute(explore);
    const [, rows, feedback] = /^(\d+) predictions of (?:iris|orders), (\d+) of them with feedback\./.exec(shown) ?? [];
    expect(Number(rows)).toBeGreaterThan(300);
    expect(Number(feedback)).toBeGreaterThan(100);
    expect(shown).toContain(`Further from the training rows than chance explains: ${drifting.split('=')[0]}.`);
  });

  it('read the comparison in the gateway’s own words', async () => {
    const answer = await fetch(`${stack.gatewayUrl}/comparison`, { headers: { 'x-api-key': keys } });
    const { words } = comparisonReport.parse(await answer.json()).candidates[0] ?? {};
    const shown = await notebooks.execute(read);
    // how long it still takes grows while nobody asks
    const lasting = (text = '') => text.replace(/, in [^;]+/, '');
    expect(lasting(shown.split('\n')[0])).toBe(lasting(words));
    expect(words).toMatch(/\w/);
    expect(shown).toMatch(/^v2, errors: nothing seen: no event of either version yet/m);
  });

  it('bring a pipeline that answers as scikit-learn does, by both protocols', async () => {
    const executed = notebooks.execute(bring);
    const published = (async () => {
      await eventually(() => notebooks.has('challenger/challenger.onnx'), {
        what: 'the model is written',
        seconds: 180,
      });
      const files = ['--model', 'challenger/challenger.onnx', '--data', 'challenger/sample.csv'];
      const args = ['import', ...files, '--target', target, '--name', model, '--registry', registry];
      const registryProgram = join(root, 'scripts/registry.ts');
      const env = { INIT_CWD: notebooks.folder };
      const said = await run(process.execPath, [registryProgram, ...args], env, notebooks.folder);
      const number = /^\w+ (\d+) in /.exec(said)?.[1] ?? said;
      await program('scripts/registry.ts', 'alias', 'challenger', number, '--model', model, '--registry', registry);
      return number;
    })();
    const [shown, number] = await Promise.all([executed, published]);
    expect(number).toBe('3');
    expect(shown).toContain(`v2 serves release ${number}.`);
    for (const path of ['/predict', `/v2/models/${model}/infer`])
      expect(shown).toMatch(new RegExp(`^${path} answers \\d+ rows as scikit-learn does, within \\de-`, 'm'));
  });
});
