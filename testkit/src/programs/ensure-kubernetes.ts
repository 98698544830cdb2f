import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstallError } from './install-error.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { root } from './run-command.ts';

const run = promisify(execFile);
const VERSION = '1.37.2';
const KWOK = 'v0.8.0';
// what Kubernetes 1.37 requires of its client
const ETCD = 'v3.7.0';
const CRDS = {
  'gateway-api': { module: 'sigs.k8s.io/gateway-api@v1.6.3', files: 'config/crd/standard/*.yaml' },
  'prometheus-operator': {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: 'example/prometheus-operator-crd/*.yaml',
  },
  istio: { module: 'istio.io/api@v1.32.0', files: 'kubernetes/customresourcedefinitions.gen.yaml' },
};
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const;
const PROGRAMS = [...COMPONENTS, 'etcd', 'kwok'] as const;

/** Paths of what a cluster without containers is made of. */
export type KubernetesPrograms = Record<(typeof PROGRAMS)[number], string> & {
  version: string;
  /** How nodes and pods of kwok live: ready at once, the pod of a Job complete at once. */
  stages: string;
  /** Custom resource definitions by project, a file each. */
  crds: Record<keyof typeof CRDS, string>;
};

/**
 * Kubernetes' own programs, etcd and kwok (https://kwok.sigs.k8s.io), which Go builds at the first use in about ten minutes; or those of
 * the folder that KUBERNETES_PROGRAMS names. Throws `InstallError` without Go, or if that folder lacks one.
 */
export async function ensureKubernetes(): Promise<KubernetesPrograms> {
  const cache = join(root, 'node_modules/.cache/kubernetes');
  const built = join(cache, `v${VERSION}`);
  const texts = join(cache, `texts-v${VERSION}`);
  const named = process.env.KUBERNETES_PROGRAMS;
  const missing = named ? PROGRAMS.filter((name) => !existsSync(join(named, name))) : [];
  if (missing.length > 0)
    throw new InstallError(`KUBERNETES_PROGRAMS names ${named}, which has no ${missing.join(', ')}`);
  const complete = () => (named || existsSync(built)) && existsSync(texts);
  if (!complete())
    await oneAtATime(join(cache, 'lock'), async () => {
      if (!existsSync(texts)) await staged(cache, texts, writeTexts);
      if (!named && !existsSync(built)) await staged(cache, built, build);
    });
  const programs = Object.fromEntries(PROGRAMS.map((name) => [name, join(named ?? built, name)]));
  const crds = Object.fromEntries(Object.keys(CRDS).map((name) => [name, join(texts, `${name}.yaml`)]));
  return { ...programs, crds, version: VERSION, stages: join(texts, 'stages.yaml') } as KubernetesPrograms;
}

/** Fills a folder beside its place and moves it there: whoever finds it finds all of it. */
async function staged(cache: string, place: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(cache, randomUUID());
  mkdirSync(folder, { recursive: true });
  try {
    await fill(folder);
    renameSync(folder, place);
  } catch (cause) {
    const reason = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? (cause as Error).message;
    throw new InstallError(
      `Kubernetes could not be built: the tests of the chart need Go (https://go.dev/dl). ${reason}`,
      { cause },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(folder: string): Promise<void> {
  const start = performance.now();
  console.error(`building Kubernetes ${VERSION}, etcd ${ETCD} and kwok ${KWOK}: about ten minutes, once …`);
  const source = join(folder, 'source');
  mkdirSync(source);
  const server = 'go.etcd.io/etcd/server/v3';
  const packages = [...COMPONENTS.map((name) => `k8s.io/kubernetes/cmd/${name}`), server];
  writeFileSync(join(source, 'go.mod'), await moduleFile(server));
  const imports = packages.map((name) => `\t_ "${name}"\n`).join('');
  writeFileSync(join(source, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport (\n${imports})\n`);
  const [, minor] = VERSION.split('.');
  const flags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map(
    (name) => `-X ${name}.gitVersion=v${VERSION} -X ${name}.gitMajor=1 -X ${name}.gitMinor=${minor}`,
  );
  await go(['mod', 'tidy'], source);
  const link = ['-s', '-w', ...flags].join(' ');
  await go(['build', '-mod=mod', '-trimpath', '-ldflags', link, '-o', `${folder}/`, ...packages], source);
  renameSync(join(folder, 'server'), join(folder, 'etcd'));
  rmSync(source, { recursive: true });
  await go(['install', '-trimpath', '-ldflags', '-s -w', `sigs.k8s.io/kwok/cmd/kwok@${KWOK}`], folder, folder);
  console.error(`built Kubernetes in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** Kubernetes' own go.mod points to folders beside it that no module carries: the same packages as published instead. */
async function moduleFile(server: string): Promise<string> {
  const own = readFileSync(join(await moduleFolder(`k8s.io/kubernetes@v${VERSION}`), 'go.mod'), 'utf8');
  const published = `v0.${VERSION.slice(2)}`;
  const replaced = [...own.matchAll(/^\s*(k8s\.io\/[a-z0-9-]+) => \.\/staging\//gm)].map(
    ([, name]) => `\t${name} => ${name} ${published}\n`,
  );
  const [language] = /^go .*$/m.exec(own) ?? ['go 1.26'];
  return `module programs\n\n${language}\n\nrequire k8s.io/kubernetes v${VERSION}\n\nrequire ${server} ${ETCD}\n\nreplace (\n${replaced.join('')})\n`;
}

async function writeTexts(folder: string): Promise<void> {
  const kwok = join(await moduleFolder(`sigs.k8s.io/kwok@${KWOK}`), 'kustomize/stage');
  const stages = ['node/fast/node-*', 'node/heartbeat-with-lease/node-*', 'pod/fast/pod-*'];
  writeFileSync(
    join(folder, 'stages.yaml'),
    joined(stages.flatMap((stage) => globSync(join(kwok, `${stage}.yaml`)).sort())),
  );
  for (const [name, { module, files }] of Object.entries(CRDS))
    writeFileSync(join(folder, `${name}.yaml`), joined(globSync(join(await moduleFolder(module), files)).sort()));
}

function joined(files: string[]): string {
  const texts = files.filter((file) => statSync(file).size > 0 && !file.endsWith('kustomization.yaml'));
  if (texts.length === 0) throw new Error('a module has no such file');
  return texts.map((file) => readFileSync(file, 'utf8')).join('\n---\n');
}

async function moduleFolder(module: string): Promise<string> {
  const { stdout } = await go(['mod', 'download', '-json', module]);
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

function go(args: string[], cwd = root, bin?: string) {
  return run('go', args, {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', ...(bin ? { GOBIN: bin } : {}) },
    timeout: 3_600_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}
