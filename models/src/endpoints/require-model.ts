import { HttpError } from '@coppice/serverkit';
import type { ModelStatus } from '../host/model-host.ts';
import type { Model } from '../model/model.ts';

/** What every endpoint needs of the model: whether it is loaded, and its name and version. */
export type Host = { readonly status: ModelStatus };

/** The loaded model. Throws `HttpError` 503 with the reason if there is none. */
export function requireModel(host: Host): Model {
  return requireServed(host).model;
}

/** The same with the number of its release, which is null without a registry. */
export function requireServed(host: Host): Extract<ModelStatus, { ready: true }> {
  const { status } = host;
  if (status.ready) return status;
  throw new HttpError(503, `The model is not ready: ${status.reason}.`, { headers: { 'Retry-After': '1' } });
}
