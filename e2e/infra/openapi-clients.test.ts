import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureOpenapiGenerators } from '@coppice/testkit/programs/ensure-openapi-generators';
import { root, run } from '@coppice/testkit/programs/run-command';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let programs: Awaited<ReturnType<typeof ensureOpenapiGenerators>>;
let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
let folder: string;
let description: string;
beforeAll(async () => {
  programs = await ensureOpenapiGenerators();
  // both versions answer alike
  models = await startTestModels({ shift: 0 });
  gateway = await models.startGateway();
  folder = mkdtempSync(join(tmpdir(), 'coppice-openapi-'));
  description = join(folder, 'openapi.json');
  writeFileSync(description, await (await fetch(`${gateway.url}/openapi.json`)).text());
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a Python program with a generated client in front of the running gateway. */
const use = (script: string, client: string) =>
  run(programs.python, [join(root, 'e2e/infra/openapi', script), client, gateway.url], {
    PYTHONDONTWRITEBYTECODE: '1',
  });

describe('a client generated from the OpenAPI description', () => {
  it('by openapi-python-client predicts, gives feedback and reads', async () => {
    const client = join(folder, 'python-client');
    // ruff, which comes with it, formats what it writes
    const PATH = `${join(programs.python, '..')}:${process.env.PATH}`;
    const output = await run(
      programs.pythonClient,
      ['generate', '--fail-on-warning', '--path', description, '--output-path', client],
      { PATH },
    );
    expect(output).not.toMatch(/warning/i);
    expect(await use('openapi_python_client.py', client)).toMatch(/^predicted [0-9a-f-]{36}$/m);
  });

  it('by openapi-generator predicts, gives feedback and reads', async () => {
    const client = join(folder, 'openapi-generator');
    await run('java', ['-jar', programs.jar, 'generate', '-i', description, '-g', 'python', '-o', client]);
    expect(await use('openapi_generator.py', client)).toMatch(/^predicted [0-9a-f-]{36}$/m);
  });
});
