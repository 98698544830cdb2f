import {
  type ConfigView,
  configView,
  historyRow,
  type Problem,
  type ReleasesView,
  type ReplayView,
  type RolloutReport,
  type RolloutStart,
  releasesView,
  replayView,
  rolloutReport,
} from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { z } from 'zod';
import type { RecordedRow } from '../data/recorded-row.ts';
import { readLines } from './read-lines.ts';

/** The gateway refused, in its words, or cannot be reached; `status` is null then. */
export class GatewayError extends Error {
  readonly status: number | null;

  constructor(message: string, status: number | null = null, options: ErrorOptions = {}) {
    super(message, options);
    this.status = status;
  }
}

/** What a job asks of the gateway, with its admin token. All reject with `GatewayError`. */
export class GatewayClient {
  readonly #address: string;
  readonly #token: () => string | undefined;
  readonly #timeoutMs: number;

  /** The token is read anew for each request: the gateway may generate it after this start. */
  constructor(address: string, token: () => string | undefined, { timeoutMs = 15_000 } = {}) {
    this.#address = address;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  /** Rows of clients with feedback, recorded since then; at most the newest `limit` of those that were right, and of those that were wrong. */
  async feedback(since: Date, limit: number, signal: AbortSignal): Promise<RecordedRow[]> {
    const rows: RecordedRow[] = [];
    for (const correct of ['true', 'false']) {
      const query = new URLSearchParams({ format: 'ndjson', source: 'api', correct, since: since.toISOString() });
      query.set('limit', String(limit));
      const answer = await this.#fetch(`/predictions?${query}`, { signal });
      for await (const line of readLines(answer.body)) {
        const { time, feature_names, features, actual, reference, user_hash } = historyRow.parse(JSON.parse(line));
        // rows of before the record had names cannot be matched
        if (actual === null || feature_names === null) continue;
        rows.push({
          ...{ time: Date.parse(time), actual, reference, user: user_hash },
          values: new Map(feature_names.map((name, i) => [name, features[i] ?? null])),
        });
      }
    }
    return rows;
  }

  config(): Promise<ConfigView> {
    return this.#ask('/config', configView);
  }

  releases(): Promise<ReleasesView> {
    return this.#ask('/releases?limit=1', releasesView);
  }

  rollout(): Promise<RolloutReport> {
    return this.#ask('/rollout', rolloutReport);
  }

  shadow(version: string | null, reason: string): Promise<ConfigView> {
    return this.#ask('/config', configView, { method: 'PATCH', body: { shadow: version, reason } });
  }

  startReplay(version: string, since: string, reason: string): Promise<ReplayView> {
    return this.#ask('/replay', replayView, { method: 'POST', body: { version, since, reason } });
  }

  replay(id: string): Promise<ReplayView> {
    return this.#ask(`/replay/${encodeURIComponent(id)}`, replayView);
  }

  startRollout(start: RolloutStart): Promise<RolloutReport> {
    return this.#ask('/rollout', rolloutReport, { method: 'POST', body: start });
  }

  async #ask<S extends z.ZodType>(
    path: string,
    schema: S,
    { method = 'GET', body }: { method?: string; body?: object } = {},
  ): Promise<z.output<S>> {
    const answer = await this.#fetch(path, {
      method,
      signal: AbortSignal.timeout(this.#timeoutMs),
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const read = schema.safeParse(await answer.json().catch(() => undefined));
    if (!read.success)
      throw new GatewayError(
        `the server at ${withoutPassword(this.#address)} is not a Coppice gateway of this release`,
      );
    return read.data;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const token = this.#token();
    const headers = { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(this.#address + path, { ...init, headers }).catch(
      (cause: Error & { cause?: { code?: string } }) => {
        const why = cause.cause?.code ?? cause.message;
        throw new GatewayError(`the gateway at ${withoutPassword(this.#address)} cannot be reached: ${why}`, null, {
          cause,
        });
      },
    );
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => undefined)) as Problem | undefined;
    throw new GatewayError(problem?.detail ?? `the gateway answered ${answer.status}`, answer.status);
  }
}
