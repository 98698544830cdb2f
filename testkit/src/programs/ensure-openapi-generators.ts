import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './ensure-program.ts';
import { InstallError } from './install-error.ts';
import { attempt, root } from './run-command.ts';

const PYTHON_PACKAGES = ['openapi-python-client==0.29.1', 'python-dateutil>=2.8.2', 'urllib3>=2.1,<3'];
const GENERATOR = 'org.openapitools:openapi-generator-cli:7.17.0';

/**
 * Ensures openapi-python-client, in a Python environment that runs the clients of both generators, and
 * openapi-generator, which needs Java. Both lie beside the packages. Throws `InstallError`.
 */
export async function ensureOpenapiGenerators(): Promise<{ python: string; pythonClient: string; jar: string }> {
  const cache = join(root, 'node_modules/.cache/coppice/openapi');
  const [bin, jar] = [join(cache, 'python/bin'), join(cache, `${GENERATOR.split(':').slice(1).join('-')}.jar`)];
  mkdirSync(cache, { recursive: true });
  const pythonClient = join(bin, 'openapi-python-client');
  if (!existsSync(pythonClient)) {
    ensureProgram('python3', { 'apt-get': 'python3 python3-venv', dnf: 'python3', apk: 'python3' });
    await install('python3', ['-m', 'venv', join(cache, 'python')]);
    await install(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES]);
  }
  if (!existsSync(jar)) {
    ensureProgram('mvn', { 'apt-get': 'maven', dnf: 'maven', apk: 'maven' });
    const copy = ['dependency:copy', `-Dartifact=${GENERATOR}`, `-DoutputDirectory=${cache}`];
    await install('mvn', ['--quiet', '--batch-mode', ...copy]);
  }
  return { python: join(bin, 'python'), pythonClient, jar };
}

async function install(command: string, args: string[]): Promise<void> {
  const { status, output } = await attempt(command, args);
  if (status !== 0) throw new InstallError(`${command} ${args.join(' ')} failed: ${output.trim()}`);
}
