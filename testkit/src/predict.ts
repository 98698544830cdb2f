import type { FeatureValue, Prediction, PredictionBatch } from '@coppice/contract';

type Body = { features: number[] | Record<string, FeatureValue>; user?: string; preview?: boolean };

/** One prediction by `POST {base}/predict`. Throws with status and body when it fails. */
export function predict(base: string, body: Body, headers: Record<string, string> = {}): Promise<Prediction> {
  return post(`${base}/predict`, body, headers);
}

/** Many rows in one request, all answered by one version. */
export function predictBatch(
  base: string,
  instances: number[][],
  headers: Record<string, string> = {},
): Promise<PredictionBatch> {
  return post(`${base}/predict`, { instances }, headers);
}

async function post<T>(url: string, body: object, headers: Record<string, string>): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<T>;
}
