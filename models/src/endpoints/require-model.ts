import { HttpError } from '@coppice/serverkit';
import type { Model } from '../model/model.ts';
import type { ModelStatus } from '../model/model-host.ts';

/** What every endpoint needs of the model: whether it is there, and under which name and version it is served. */
export type Host = { readonly status: ModelStatus };

/** The loaded model. Throws `HttpError` 503 that says why there is none. */
export function requireModel(host: Host): Model {
  const { status } = host;
  if (status.ready) return status.model;
  throw new HttpError(503, `The model is not ready: ${status.reason}.`, { headers: { 'Retry-After': '1' } });
}
