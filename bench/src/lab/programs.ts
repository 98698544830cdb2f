import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ConfigError } from '@coppice/serverkit';

/** Where `bench/setup` puts the programs that Coppice is compared with. */
export const cacheDir =
  process.env.BENCH_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'coppice-bench');

const libraries = join(cacheDir, 'debian/usr/lib');

/** Path of a program on PATH or among those of `bench/setup`. Throws `ConfigError` when it is not installed. */
export function program(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const own = ['sbin', 'bin'].map((folder) => join(cacheDir, 'debian/usr', folder));
  const found = [...folders, ...own].map((folder) => join(folder, name)).find(existsSync);
  if (!found) throw new ConfigError(`${name} is not installed: run bench/setup`);
  return found;
}

/** Path of a program of one of the Python environments. Throws `ConfigError` when it is not installed. */
export function pythonProgram(stack: 'flask' | 'mlserver', name: string): string {
  const found = join(cacheDir, `venv-${stack}`, 'bin', name);
  if (!existsSync(found)) throw new ConfigError(`${stack} is not installed: run bench/setup`);
  return found;
}

/** The environment in which programs of `bench/setup` find their libraries. */
export function programEnv(): Record<string, string | undefined> {
  if (!existsSync(libraries)) return process.env;
  const found = readdirSync(libraries).map((folder) => join(libraries, folder));
  return { ...process.env, LD_LIBRARY_PATH: [...found, process.env.LD_LIBRARY_PATH ?? ''].join(':') };
}

/** Versions of everything that is compared, as each reports its own; what is not installed is left out. */
export function versions(): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node };
  const first = (text: string, pattern: RegExp) => pattern.exec(text)?.[1];
  const look = (name: string, flag: string, pattern: RegExp) => {
    try {
      const { stdout, stderr } = spawnSync(program(name), [flag], { env: programEnv(), encoding: 'utf8' });
      const version = first(stdout + stderr, pattern);
      if (version) found[name] = version;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  };
  look('wrk', '-v', /wrk \S*?([\d.]+)/);
  look('nginx', '-v', /nginx\/([\d.]+)/);
  look('haproxy', '-v', /version ([\d.]+)/);
  for (const [stack, names] of [
    ['flask', ['flask', 'scikit-learn', 'gunicorn', 'prometheus-client']],
    ['mlserver', ['mlserver', 'mlserver-sklearn']],
  ] as const)
    Object.assign(found, pythonVersions(stack, names));
  return found;
}

function pythonVersions(stack: 'flask' | 'mlserver', names: readonly string[]): Record<string, string> {
  try {
    const code = `import importlib.metadata as m, json, platform; print(json.dumps({"python": platform.python_version(), **{n: m.version(n) for n in ${JSON.stringify(names)}}}))`;
    return JSON.parse(execFileSync(pythonProgram(stack, 'python'), ['-c', code], { encoding: 'utf8' }));
  } catch (error) {
    if (error instanceof ConfigError) return {};
    throw error;
  }
}
