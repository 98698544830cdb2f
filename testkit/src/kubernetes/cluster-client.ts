import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';

/** How another process reaches a cluster that runs here: plain data. */
export type ClusterAddress = {
  url: string;
  /** Holds `kubeconfig` of the administrator, and the certificates in `pki`. */
  folder: string;
  kubectl: string;
  helm: string;
};

export type Answer<T> = { status: number; body: T };
/** As much of an object as tests look at. */
// biome-ignore lint/suspicious/noExplicitAny: objects of all kinds, which the API server has checked
export type KubernetesObject = any;

type Input = { input?: string; cwd?: string };
type Ended = { status: number | null; stdout: string; stderr: string };

/** Asks a cluster as its administrator: through its API, by kubectl and by Helm. */
export class ClusterClient {
  readonly address: ClusterAddress;
  readonly kubeconfig: string;
  readonly #agent: Agent;

  constructor(address: ClusterAddress) {
    this.address = address;
    this.kubeconfig = join(address.folder, 'kubeconfig');
    const pem = (name: string) => readFileSync(join(address.folder, 'pki', name));
    this.#agent = new Agent({ connect: { ca: pem('ca.crt'), cert: pem('admin.crt'), key: pem('admin.key') } });
  }

  /** A request of the API with any status. `type` is the media type of the body, such as a patch's. */
  async request<T = KubernetesObject>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  ): Promise<Answer<T> & { warnings: string[] }> {
    const answer = await request(this.address.url + path, {
      method,
      dispatcher: this.#agent,
      headers: { 'content-type': type, accept: 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const said = await answer.body.text();
    return {
      status: answer.statusCode,
      body: (said.startsWith('{') ? JSON.parse(said) : { message: said }) as T,
      warnings: [answer.headers.warning ?? []].flat(),
    };
  }

  /** The answer of a GET. Throws unless its status is 200. */
  async get<T = KubernetesObject>(path: string): Promise<T> {
    const { status, body } = await this.request<T>('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** What a command prints. Throws with its errors unless its status is 0. */
  kubectl(args: string[], options: Input = {}): Promise<string> {
    return succeeded(this.address.kubectl, args, this.attempt(this.address.kubectl, args, options));
  }

  helm(args: string[], options: Input = {}): Promise<string> {
    return succeeded(this.address.helm, args, this.attempt(this.address.helm, args, options));
  }

  /** Runs a program as the administrator, with any status. */
  async attempt(program: string, args: string[], { input, cwd }: Input = {}): Promise<Ended> {
    const { folder } = this.address;
    const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
    const env = { ...process.env, ...home, KUBECONFIG: this.kubeconfig };
    const child = spawn(program, args, { ...(cwd ? { cwd } : {}), env, stdio: 'pipe' });
    // a program that ends early reads no input
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { status, stdout, stderr };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

async function succeeded(program: string, args: string[], ending: Promise<Ended>): Promise<string> {
  const { status, stdout, stderr } = await ending;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${status}: ${stderr || stdout}`);
  return stdout;
}
