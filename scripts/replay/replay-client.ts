import { type Problem, type ReplayStart, type ReplayView, replayView } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';

/** The gateway refused or did not answer, in one line. */
export class RefusedError extends Error {}

/** Starts, follows and cancels replays on a gateway. Its calls throw `RefusedError`. */
export class ReplayClient {
  readonly #gateway: string;
  readonly #headers: Record<string, string>;

  constructor(gateway: string, token: string | undefined) {
    this.#gateway = gateway;
    this.#headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  start(body: ReplayStart): Promise<ReplayView> {
    return this.#ask('POST', '/replay', body);
  }

  find(id: string): Promise<ReplayView> {
    return this.#ask('GET', `/replay/${id}`);
  }

  cancel(id: string): Promise<ReplayView> {
    return this.#ask('DELETE', `/replay/${id}`);
  }

  async #ask(method: string, path: string, body?: object): Promise<ReplayView> {
    const name = withoutPassword(this.#gateway);
    const answer = await fetch(this.#gateway + path, {
      ...{ method, headers: this.#headers, signal: AbortSignal.timeout(10_000) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((cause: Error & { cause?: { code?: string } }) => {
      throw new RefusedError(`the gateway at ${name} cannot be reached: ${cause.cause?.code ?? cause.message}`, {
        cause,
      });
    });
    const got: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const detail = (got as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`;
      const compose = 'ADMIN_TOKEN=$(docker compose exec -T gateway cat /data/admin-token) npm run replay -- …';
      throw new RefusedError(answer.status === 401 ? `${detail} Under Docker Compose: ${compose}` : detail);
    }
    const view = replayView.safeParse(got);
    if (!view.success) throw new RefusedError(`the server at ${name} is not a Coppice gateway of this release`);
    return view.data;
  }
}
