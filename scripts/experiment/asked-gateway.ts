import type { Problem } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';

/** The gateway refused or did not answer, in one line. */
export class RefusedError extends Error {
  /** Of its answer; null when there was none. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null, options: ErrorOptions = {}) {
    super(message, options);
    this.status = status;
  }
}

/** A gateway that a command asks, with the admin token if there is one. */
export class AskedGateway {
  readonly #address: string;
  readonly #token: string | undefined;
  readonly #command: string;
  readonly #timeoutMs: number;

  /** `command`: as in `npm run …`, for what it advises. */
  constructor(address: string, token: string | undefined, { command = 'experiment', timeoutMs = 10_000 } = {}) {
    this.#address = address;
    this.#token = token;
    this.#command = command;
    this.#timeoutMs = timeoutMs;
  }

  /** An answer of a known shape; with a body, to a POST. Throws `RefusedError`. */
  async ask<S extends z.ZodType>(path: string, schema: S, body?: object): Promise<z.output<S>> {
    const name = withoutPassword(this.#address);
    const answer = await fetch(this.#address + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(this.#timeoutMs),
    }).catch((cause: Error & { cause?: { code?: string } }) => {
      const why = withoutPassword(cause.cause?.code ?? cause.message);
      throw new RefusedError(`the gateway at ${name} cannot be reached: ${why}`, null, { cause });
    });
    const got: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const detail = (got as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`;
      const compose = `ADMIN_TOKEN=$(docker compose exec -T gateway cat /data/admin-token) npm run ${this.#command} -- …`;
      const shown = answer.status === 401 ? `${detail} Under Docker Compose: ${compose}` : detail;
      throw new RefusedError(shown, answer.status);
    }
    const read = schema.safeParse(got);
    if (!read.success) throw new RefusedError(`the server at ${name} is not a Coppice gateway of this release`);
    return read.data;
  }
}
