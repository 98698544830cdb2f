import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@coppice/testkit/programs/free-port';
import type { Lab } from '../lab/lab.ts';
import { pythonProgram } from '../lab/programs.ts';
import { root } from '../lab/root.ts';
import { openInferenceTarget, predictTarget, type Target } from '../load/target.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const pythonFiles = here('../../peers');

/** An Express app that parses the JSON and answers a constant: the ceiling of the framework. */
export async function startExpressCeiling(lab: Lab): Promise<Target> {
  const port = await freePort();
  await lab.start({
    name: 'express',
    command: process.execPath,
    args: [here('express-ceiling.ts')],
    env: { ...process.env, NODE_ENV: 'production', PORT: `${port}` },
    ready: `http://127.0.0.1:${port}/ready`,
  });
  const where = { name: 'express', label: 'Express ceiling (constant)', url: `http://127.0.0.1:${port}` };
  return { ...predictTarget(where), labelPattern: '' };
}

/** The common stack: Flask, scikit-learn, prometheus_client, under gunicorn with 2 workers. */
export async function startFlask(lab: Lab): Promise<Target & { startMs: number }> {
  const port = await freePort();
  const models = trainSklearn(lab, 'flask');
  const threads = ['--worker-class', 'gthread', '--threads', '4'];
  const startMs = await lab.start({
    name: 'flask',
    command: pythonProgram('flask', 'gunicorn'),
    args: ['--workers', '2', ...threads, '--bind', `127.0.0.1:${port}`, '--chdir', pythonFiles, 'flask_app:app'],
    // one thread per worker: the two workers already share the cores
    env: { ...process.env, MODELS: models, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    ready: `http://127.0.0.1:${port}/ready`,
  });
  const where = { name: 'flask', label: 'Flask + scikit-learn', url: `http://127.0.0.1:${port}` };
  return { ...predictTarget(where), startMs };
}

/** MLServer with its scikit-learn runtime and adaptive batching, serving the forest of 100 trees. */
export async function startMlserver(lab: Lab): Promise<Target & { startMs: number }> {
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const models = trainSklearn(lab, 'mlserver');
  const folder = lab.place('mlserver');
  const server = { host: '127.0.0.1', http_port: port, grpc_port: grpc, metrics_port: metrics, debug: false };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(server));
  writeFileSync(
    join(folder, 'model-settings.json'),
    JSON.stringify({
      name: 'iris',
      implementation: 'mlserver_sklearn.SKLearnModel',
      parameters: { uri: join(models, 'v2.joblib') },
      max_batch_size: 64,
      max_batch_time: 0.002,
    }),
  );
  const startMs = await lab.start({
    name: 'mlserver',
    command: pythonProgram('mlserver', 'mlserver'),
    args: ['start', folder],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    ready: `http://127.0.0.1:${port}/v2/models/iris/ready`,
  });
  const where = { name: 'mlserver', label: 'MLServer + scikit-learn', url: `http://127.0.0.1:${port}` };
  return { ...openInferenceTarget(where, 'iris', 'predict'), startMs };
}

function trainSklearn(lab: Lab, stack: 'flask' | 'mlserver'): string {
  const folder = lab.place(`forests-${stack}`);
  const data = join(root, 'trainer/data/iris.csv');
  execFileSync(pythonProgram(stack, 'python'), [join(pythonFiles, 'train_sklearn.py'), data, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return folder;
}
