import { api } from './api.ts';

export type Series = { metric: Record<string, string>; values: [seconds: number, value: string][] };
type Instant = { metric: Record<string, string>; value: [seconds: number, value: string] };

export async function instant(query: string, signal?: AbortSignal): Promise<Instant[]> {
  return (await api.prometheus<{ result: Instant[] }>('query', { query }, { signal })).result;
}

/** A query over the last `seconds`: a point for each scrape of 10 s, up to 360 points. */
export async function range(query: string, seconds: number, signal?: AbortSignal): Promise<Series[]> {
  const end = Math.floor(Date.now() / 1000);
  const step = Math.max(10, Math.round(seconds / 360));
  const parameters = { query, start: String(end - seconds), end: String(end), step: String(step) };
  return (await api.prometheus<{ result: Series[] }>('query_range', parameters, { signal })).result;
}
