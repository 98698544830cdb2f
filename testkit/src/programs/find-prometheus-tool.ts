import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Where each program comes from when it is not on the PATH. `name`: in the image; `debian`: in Debian's package. */
const tools = {
  promtool: { image: 'prom/prometheus:v3.5.0', name: '/bin/promtool', debian: ['prometheus', 'promtool'] },
  prometheus: { image: 'prom/prometheus:v3.5.0', name: '/bin/prometheus', debian: ['prometheus', 'prometheus'] },
  alertmanager: {
    image: 'prom/alertmanager:v0.28.1',
    name: '/bin/alertmanager',
    debian: ['prometheus-alertmanager', 'prometheus-alertmanager'],
  },
} as const;

/**
 * The path of a program of Prometheus: from the PATH, else copied out of the image that Compose runs, else unpacked from
 * Debian's package (nothing is installed). Throws one line when there is no way to get it.
 */
export async function findTool(tool: keyof typeof tools): Promise<string> {
  const { image, name, debian } = tools[tool];
  const cached = join(root, 'node_modules/.cache/prometheus', image.replaceAll(/[/:]/g, '-'), tool);
  for (const path of [...onPath(tool), ...onPath(debian[1]), cached]) if (await isExecutable(path)) return path;
  for (const fetch of [() => fromImage(image, name, cached), () => fromDebian(debian[0], debian[1], cached)]) {
    try {
      await fetch();
      await chmod(cached, 0o755);
      await run(cached, ['--version']);
      return cached;
    } catch {
      await rm(cached, { force: true });
    }
  }
  throw new Error(`${tool} is needed: install it, or Docker (it is then taken out of ${image})`);
}

function onPath(program: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function fromImage(image: string, name: string, target: string): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const { stdout } = await run('docker', ['create', image], { timeout: 300_000 });
  try {
    await run('docker', ['cp', `${stdout.trim()}:${name}`, target]);
  } finally {
    await run('docker', ['rm', stdout.trim()]);
  }
}

async function fromDebian(debianPackage: string, program: string, target: string): Promise<void> {
  const folder = `${target}.deb`;
  await mkdir(folder, { recursive: true });
  try {
    await run('sh', ['-c', `apt-get download ${debianPackage} && dpkg -x ./*.deb .`], { cwd: folder });
    await rename(join(folder, 'usr/bin', program), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
