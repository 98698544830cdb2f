import { freePort } from '@coppice/testkit/programs/free-port';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shownText } from '../pipeline/notebook-runner.ts';
import { ComposeStack, imageSize } from './compose-stack.ts';

const TOKEN = 'a-token-of-the-notebook';
const services = ['trainer', 'registry', 'model-v1', 'model-v2', 'gateway', 'notebook'];
let stack: ComposeStack;
let url: string;

beforeAll(async () => {
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}`;
  stack = await ComposeStack.create('notebook', { NOTEBOOK_PORT: port, NOTEBOOK_TOKEN: TOKEN });
  await stack.compose(['--profile', 'notebook', '--profile', 'tools', 'build', ...services]);
  // whoever mounts the volume of the notebooks first, JupyterLab can write into it
  await stack.compose(['run', '--rm', '--no-deps', '-T', 'registry', '--help']);
  await stack.compose(['--profile', 'notebook', 'up', '--detach', '--wait', 'notebook']);
});
afterAll(() => stack?.down());

const inNotebook = (...command: string[]) => stack.compose(['exec', '-T', 'notebook', ...command]);
const execute = async (name: string) =>
  shownText(await inNotebook('jupyter', 'nbconvert', '--to', 'notebook', '--execute', '--stdout', `${name}.ipynb`));
const registry = (...args: string[]) => stack.compose(['run', '--rm', '-T', 'registry', ...args]);

it('is started by its profile alone, and confined as all services are', async () => {
  expect((await stack.compose(['config', '--services'])).split('\n')).not.toContain('notebook');
  const { Config, HostConfig } = await stack.inspect('notebook');
  expect(Config.User).toBe('jupyter');
  expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: null });
  expect(HostConfig.Memory).toBeGreaterThan(0);
  const [binding] = Object.values(HostConfig.PortBindings ?? {}).flat();
  expect(binding?.HostIp).toBe('127.0.0.1');
  console.log(`notebook: an image of ${((await imageSize('coppice-notebook:local')) / 1e6).toFixed(0)} MB`);
});

it('asks for the token', async () => {
  const status = async (path: string, headers = {}) =>
    (await fetch(url + path, { headers, redirect: 'manual' })).status;
  expect(await status('/api/contents')).toBe(403);
  expect(await status('/lab')).toBe(302);
  expect(await status('/api/contents', { authorization: `token ${TOKEN}` })).toBe(200);
  expect(await status(`/lab?token=${TOKEN}`)).toBe(200);
});

it('prints the address that is published', async () => {
  expect(await stack.compose(['logs', '--no-color', 'notebook'])).toContain(`ServerApp] ${url}/lab?token=`);
});

it('keeps what a person changed when it starts again', async () => {
  await inNotebook('sh', '-c', 'rm 3-*.ipynb && echo mine > data/iris.csv.note && echo "{}" > 1-mine.ipynb');
  await stack.compose(['--profile', 'notebook', 'restart', 'notebook']);
  await stack.compose(['--profile', 'notebook', 'up', '--detach', '--wait', 'notebook']);
  const listed = await inNotebook('ls', '-R');
  for (const name of ['1-mine.ipynb', 'iris.csv.note', '3-read-the-comparison.ipynb']) expect(listed).toContain(name);
});

it('brings a challenger through the registry’s own command, and explores the record of it', async () => {
  const executed = execute('2-bring-a-challenger');
  const published = (async () => {
    const written = () => inNotebook('sh', '-c', 'test -s challenger/challenger.onnx && echo yes');
    await eventually(written, { what: 'the model is written', seconds: 180, everyMs: 1000 });
    const files = ['--model', '/notebooks/challenger/challenger.onnx', '--data', '/notebooks/challenger/sample.csv'];
    const said = await registry('import', ...files, '--target', 'species', '--name', 'iris');
    await registry('alias', 'challenger', /^iris (\d+) in /.exec(said)?.[1] ?? said, '--model', 'iris');
  })();
  const [shown] = await Promise.all([executed, published]);
  expect(shown).toContain('v2 serves release 3.');
  expect(shown).toMatch(/^\/v2\/models\/iris\/infer answers 50 rows as scikit-learn does/m);
  expect(await execute('1-explore-the-record')).toMatch(/^100 predictions of iris, 0 of them with feedback\./);
  const peak = await inNotebook(
    'sh',
    '-c',
    'cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>&-; true',
  );
  console.log(`notebook: at most ${(Number(peak.trim()) / 1e6).toFixed(0)} MB, the executed notebooks among it`);
});
