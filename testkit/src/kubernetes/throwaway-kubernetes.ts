import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureHelm } from '../programs/ensure-helm.ts';
import { ensureKubernetes, type KubernetesPrograms } from '../programs/ensure-kubernetes.ts';
import { freePorts } from '../programs/free-port.ts';
import { eventually } from '../waiting/eventually.ts';
import { writeCertificates } from './cluster-certificates.ts';
import { type ClusterAddress, ClusterClient, type KubernetesObject } from './cluster-client.ts';

/**
 * A real Kubernetes API server with its controllers and scheduler on free loopback ports, gone with `stop`. Its nodes are kwok's: pods become
 * ready and are replaced, Jobs complete, but no container runs.
 */
export type ThrowawayKubernetes = {
  address: ClusterAddress;
  client: ClusterClient;
  stop(): Promise<void>;
};

/** Starts a cluster of `nodes` nodes of 32 processors and 128 GiB, spread over three zones, with the CRDs that the chart may use. */
export async function startThrowawayKubernetes(nodes = 3): Promise<ThrowawayKubernetes> {
  const [programs, helm] = await Promise.all([ensureKubernetes(), ensureHelm()]);
  const folder = mkdtempSync(join(tmpdir(), 'coppice-kubernetes-'));
  const started = new Programs(folder);
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  // the last word if nobody stops it: an interrupted run leaves nothing behind
  const onExit = () => {
    started.kill();
    clean();
  };
  process.once('exit', onExit);
  const stop = async () => {
    await started.stop();
    process.off('exit', onExit);
    clean();
  };
  try {
    const [etcd, peer, port] = (await freePorts(3)) as [number, number, number];
    const address = { url: `https://127.0.0.1:${port}`, folder, kubectl: programs.kubectl, helm };
    await writeCertificates(join(folder, 'pki'));
    for (const [name, file] of Object.entries({ admin: 'kubeconfig', 'controller-manager': null, scheduler: null }))
      writeFileSync(join(folder, file ?? `${name}.conf`), kubeconfig(folder, address.url, name), { mode: 0o600 });
    const client = new ClusterClient(address);
    startServer(started, programs, folder, { etcd, peer, port });
    await started.until('apiserver', async () => (await client.request('GET', '/readyz')).status === 200);
    startControllers(started, programs, folder);
    const crds = applyCrds(client, programs);
    for (let node = 0; node < nodes; node++) await client.request('POST', '/api/v1/nodes', fakeNode(node));
    const kwok = [`--kubeconfig=${client.kubeconfig}`, `--config=${programs.stages}`, '--manage-all-nodes=true'];
    started.start('kwok', programs.kwok, [...kwok, '--node-lease-duration-seconds=40', '--server-address=']);
    await started.until('kwok', async () => {
      const { items } = await client.get<{ items: KubernetesObject[] }>('/api/v1/nodes');
      // what the first pod waits for
      await client.get('/api/v1/namespaces/default/serviceaccounts/default');
      return items.filter(takesPods).length === nodes;
    });
    await crds;
    return { address, client, stop: () => client.close().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startServer(
  started: Programs,
  programs: KubernetesPrograms,
  folder: string,
  ports: { etcd: number; peer: number; port: number },
): void {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const pki = (name: string) => join(folder, 'pki', name);
  started.start('etcd', programs.etcd, [
    ...[`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=error'],
    ...[`--listen-client-urls=${local(ports.etcd)}`, `--advertise-client-urls=${local(ports.etcd)}`],
    ...[`--listen-peer-urls=${local(ports.peer)}`, `--initial-advertise-peer-urls=${local(ports.peer)}`],
    `--initial-cluster=default=${local(ports.peer)}`,
  ]);
  started.start('apiserver', programs['kube-apiserver'], [
    ...[`--etcd-servers=${local(ports.etcd)}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
    ...[`--secure-port=${ports.port}`, '--endpoint-reconciler-type=none', `--cert-dir=${pki('.')}`],
    ...[`--tls-cert-file=${pki('server.crt')}`, `--tls-private-key-file=${pki('server.key')}`],
    ...[`--client-ca-file=${pki('ca.crt')}`, '--service-account-issuer=https://kubernetes.default.svc'],
    ...[`--service-account-key-file=${pki('sa.pub')}`, `--service-account-signing-key-file=${pki('sa.key')}`],
    ...['--authorization-mode=Node,RBAC', '--allow-privileged=true', '--service-cluster-ip-range=10.96.0.0/16'],
    ...[`--requestheader-client-ca-file=${pki('ca.crt')}`, '--requestheader-allowed-names=aggregator'],
    ...['--requestheader-extra-headers-prefix=X-Remote-Extra-', '--requestheader-group-headers=X-Remote-Group'],
    '--requestheader-username-headers=X-Remote-User',
    ...[`--proxy-client-cert-file=${pki('proxy.crt')}`, `--proxy-client-key-file=${pki('proxy.key')}`],
  ]);
}

function startControllers(started: Programs, programs: KubernetesPrograms, folder: string): void {
  const alone = ['--bind-address=127.0.0.1', '--secure-port=0', '--leader-elect=false'];
  const autoscaler = '--horizontal-pod-autoscaler';
  started.start('controller-manager', programs['kube-controller-manager'], [
    ...[`--kubeconfig=${join(folder, 'controller-manager.conf')}`, ...alone, '--use-service-account-credentials'],
    `--service-account-private-key-file=${join(folder, 'pki/sa.key')}`,
    `--root-ca-file=${join(folder, 'pki/ca.crt')}`,
    // a test waits seconds where a cluster has minutes
    ...[`${autoscaler}-sync-period=1s`, `${autoscaler}-initial-readiness-delay=1s`],
    `${autoscaler}-cpu-initialization-period=1s`,
  ]);
  const config = `--kubeconfig=${join(folder, 'scheduler.conf')}`;
  started.start('scheduler', programs['kube-scheduler'], [config, ...alone]);
}

async function applyCrds(client: ClusterClient, { crds }: KubernetesPrograms): Promise<void> {
  const files = Object.values(crds).flatMap((file) => ['-f', file]);
  await client.kubectl(['apply', '--server-side', ...files]);
  await client.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
}

function kubeconfig(folder: string, server: string, name: string): string {
  const pki = join(folder, 'pki');
  const user = { 'client-certificate': join(pki, `${name}.crt`), 'client-key': join(pki, `${name}.key`) };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server, 'certificate-authority': join(pki, 'ca.crt') } }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'user' } }],
    'current-context': 'local',
  });
}

function fakeNode(index: number): object {
  // several releases at once, each of a test
  const room = { cpu: '32', memory: '128Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index + 1}`,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': `zone-${(index % 3) + 1}` },
    },
    status: { allocatable: room, capacity: room },
  };
}

/** Ready, and without the taint of a node that was not: the scheduler passes a tainted node over, and pods would share one that is not. */
const takesPods = ({ spec, status }: KubernetesObject) =>
  spec?.taints === undefined &&
  status?.conditions?.some((one: KubernetesObject) => one.type === 'Ready' && one.status === 'True');

/** Programs of a cluster, each with a log in its folder. */
class Programs {
  readonly #folder: string;
  readonly #children = new Map<string, ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(name: string, program: string, args: string[]): void {
    const log = openSync(this.#log(name), 'a');
    this.#children.set(name, spawn(program, args, { stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  /** Waits until `ready` says so. Throws with the end of its log if the program ends before. */
  async until(name: string, ready: () => Promise<boolean>): Promise<void> {
    await eventually(
      async () => {
        const ended = this.#children.get(name)?.exitCode;
        return typeof ended === 'number' ? ({ ended } as const) : (await ready()) && ({ ended: null } as const);
      },
      { what: `${name} is ready`, more: () => this.#tail(name), seconds: 120, everyMs: 100 },
    ).then(({ ended }) => {
      if (ended !== null) throw new Error(`${name} ended with ${ended}: ${this.#tail(name)}`);
    });
  }

  kill(): void {
    for (const child of this.#children.values()) child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    // etcd last: the others wait for it when they end
    for (const child of [...this.#children.values()].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const patience = new AbortController();
      const killed = sleep(3_000, undefined, { signal: patience.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      );
      await ended;
      patience.abort();
      await killed;
    }
  }

  #log(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  #tail(name: string): string {
    return readFileSync(this.#log(name), 'utf8').slice(-2_000);
  }
}
