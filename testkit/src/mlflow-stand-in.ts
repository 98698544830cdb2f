import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Version = { files: ReadonlyMap<string, Uint8Array>; tags: Record<string, string> };

/**
 * The part of an MLflow server that has to do with one registered model, in memory: versions, aliases, tags and files. Its
 * answers are those of MLflow 3.17.
 */
export class MlflowStandIn {
  readonly aliases = new Map<string, number>();
  readonly tags = new Map<string, string>();
  readonly versions: Version[] = [];
  /** Answers 500 to everything. */
  failing = false;
  /** Answers 500 to changes whose path ends in this. */
  failingAt: string | null = null;
  /** Method and path of each request. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #model: string;

  static async start(model = 'iris'): Promise<MlflowStandIn> {
    const one = new MlflowStandIn(model);
    await one.up();
    return one;
  }

  private constructor(model: string) {
    this.#model = model;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  #port = 0;
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, again on the same port. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Registers a version and returns its number. */
  add(files: ReadonlyMap<string, Uint8Array>, tags: Record<string, string> = {}): number {
    return this.versions.push({ files, tags });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const body =
      request.method === 'GET' ? Object.fromEntries(searchParams) : JSON.parse((await text(request)) || '{}');
    this.asked.push(`${request.method} ${pathname}`);
    const { method = '' } = request;
    const fails = this.failing || (method !== 'GET' && this.failingAt !== null && pathname.endsWith(this.failingAt));
    const [status, answer] = fails
      ? [500, { error_code: 'INTERNAL_ERROR', message: 'broken' }]
      : this.#find(method, pathname, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer instanceof Uint8Array ? answer : JSON.stringify(answer));
  }

  #find(method: string, path: string, body: Record<string, string>): [status: number, answer: object | Uint8Array] {
    const { filter = '', alias = '', version = '', key = '', value = '' } = body;
    const { name = /^name='(.*)'$/.exec(filter)?.[1] ?? '' } = body;
    const file = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(\d+)\/(.+)$/.exec(path);
    if (file) return this.#file(Number(file[1]), decodeURIComponent(file[2] as string));
    if (name !== this.#model) return missing(`Registered Model with name=${name} not found`);
    switch (`${method} ${path.replace('/api/2.0/mlflow/', '')}`) {
      case 'GET registered-models/get':
        return [
          200,
          { registered_model: { name, aliases: this.#aliases(), tags: tagsOf(Object.fromEntries(this.tags)) } },
        ];
      case 'GET registered-models/alias': {
        const number = this.aliases.get(alias);
        if (number === undefined)
          return [
            400,
            { error_code: 'INVALID_PARAMETER_VALUE', message: `Registered model alias ${alias} not found.` },
          ];
        return this.#version(number);
      }
      case 'POST registered-models/alias':
        if (!this.versions[Number(version) - 1]) return this.#version(Number(version));
        this.aliases.set(alias, Number(version));
        return [200, {}];
      case 'DELETE registered-models/alias':
        this.aliases.delete(alias);
        return [200, {}];
      case 'POST registered-models/set-tag':
        this.tags.set(key, value);
        return [200, {}];
      case 'GET model-versions/get':
        return this.#version(Number(version));
      case 'GET model-versions/get-download-uri':
        return [200, { artifact_uri: `mlflow-artifacts:/${version}` }];
      case 'GET model-versions/search':
        return [200, { model_versions: this.versions.map((_, i) => this.#described(i + 1)) }];
      default:
        return [404, { error_code: 'ENDPOINT_NOT_FOUND', message: path }];
    }
  }

  #version(number: number): [number, object] {
    if (!this.versions[number - 1]) return missing(`Model Version (name=${this.#model}, version=${number}) not found`);
    return [200, { model_version: this.#described(number) }];
  }

  #described(number: number): object {
    const { tags } = this.versions[number - 1] as Version;
    return {
      name: this.#model,
      version: String(number),
      creation_timestamp: number,
      run_id: '',
      tags: tagsOf(tags),
      aliases: [],
    };
  }

  #file(version: number, name: string): [number, object | Uint8Array] {
    const bytes = this.versions[version - 1]?.files.get(name);
    return bytes ? [200, bytes] : missing(`The following path does not exist: ${name}`);
  }

  #aliases = () => [...this.aliases].map(([alias, version]) => ({ alias, version: String(version) }));
}

const tagsOf = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }));
const missing = (message: string): [number, object] => [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message }];
