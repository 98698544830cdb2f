import type { Problem } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';

/** The gateway refused or did not answer, in one line. */
export class RefusedError extends Error {}

/** A gateway that a command asks, with the admin token if there is one. */
export class AskedGateway {
  readonly #address: string;
  readonly #token: string | undefined;

  constructor(address: string, token: string | undefined) {
    this.#address = address;
    this.#token = token;
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
      signal: AbortSignal.timeout(10_000),
    }).catch((cause: Error & { cause?: { code?: string } }) => {
      const why = withoutPassword(cause.cause?.code ?? cause.message);
      throw new RefusedError(`the gateway at ${name} cannot be reached: ${why}`, { cause });
    });
    const got: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const detail = (got as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`;
      const compose = 'ADMIN_TOKEN=$(docker compose exec -T gateway cat /data/admin-token) npm run experiment -- …';
      throw new RefusedError(answer.status === 401 ? `${detail} Under Docker Compose: ${compose}` : detail);
    }
    const read = schema.safeParse(got);
    if (!read.success) throw new RefusedError(`the server at ${name} is not a Coppice gateway of this release`);
    return read.data;
  }
}
