import type { UpstreamAnswer } from './upstream.ts';

/** An answer other than 200, with its server's own words, on one line. */
export function describeRefusal(answer: UpstreamAnswer): string {
  const said = saidBy(answer);
  return said ? `it answered ${answer.status}: ${said}` : `it answered ${answer.status}`;
}

/**
 * What a server says in an error: `error` of the Open Inference Protocol, `message` of MLflow, `detail` of FastAPI, or the
 * last line of a plain text, which is where a Python traceback has its reason.
 */
export function saidBy({ headers, body }: UpstreamAnswer): string | null {
  const json = parseJson(body) as Record<string, unknown> | null;
  const said = json?.error ?? json?.message ?? json?.detail;
  if (typeof said === 'string' && said.trim() !== '') return oneLine(said);
  if (Array.isArray(said)) return oneLine(said.map((part) => String(part?.msg ?? '')).join('; ')) || null;
  if (!String(headers['content-type'] ?? '').startsWith('text/plain')) return null;
  return oneLine(body.subarray(-2000).toString().trim().split('\n').at(-1) ?? '') || null;
}

/** Null for a body that is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

/** It comes from another server: at most 300 characters, and none that a terminal would obey. */
export const oneLine = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
