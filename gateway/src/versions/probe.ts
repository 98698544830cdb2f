import { modelCard } from '@coppice/contract';
import type { ModelCatalog } from './model-catalog.ts';
import { readSignature, type Signature } from './signature.ts';
import type { Upstream } from './upstream.ts';

/** Checks whether the model of a version's server is ready. Null when it is, else the reason, in words for an operator. */
export async function probeReady(upstream: Pick<Upstream, 'get'>, modelName: string): Promise<string | null> {
  const { status, body } = await upstream.get(`/v2/models/${encodeURIComponent(modelName)}/ready`);
  if (status === 200 && (body as { ready?: boolean } | null)?.ready !== false) return null;
  const { error } = (body ?? {}) as { error?: unknown };
  return typeof error === 'string' ? error.slice(0, 300) : `its server answered ${status} to the readiness check`;
}

/** Reads the metadata of a version (protocol extensions, tensors, model card) and enters it in the catalog. */
export async function readModel(
  upstream: Pick<Upstream, 'get'>,
  { name, modelName }: { name: string; modelName: string },
  catalog: ModelCatalog,
): Promise<Signature> {
  const [server, model, info] = await Promise.all([
    upstream.get('/v2'),
    upstream.get(`/v2/models/${encodeURIComponent(modelName)}`),
    upstream.get('/model-info'),
  ]);
  if (model.status !== 200)
    throw new Error(`its server answered ${model.status} to the request for model ${modelName}`);
  const card = info.status === 200 ? modelCard.safeParse(info.body).data : undefined;
  const known = card ? { features: card.features.length, classes: card.classes.length } : sizes(catalog.shape());
  const signature = readSignature(server.body ?? {}, model.body ?? {}, known);
  catalog.accept(name, signature, card ?? null);
  return signature;
}

const sizes = (shape: { features: readonly string[]; classes: readonly string[] } | null) =>
  shape && { features: shape.features.length, classes: shape.classes.length };
