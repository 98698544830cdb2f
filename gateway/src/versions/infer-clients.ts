import { InferClient, type InferListener } from './infer-client.ts';
import type { Upstream } from './upstream.ts';
import type { UpstreamConfig } from './versions-config.ts';

/** Rows of copies that may wait. */
const COPIES = 1024;

/**
 * The clients of one version: `real` traffic, copies for the `shadow`, which never wait in the queue of real traffic, and rows
 * of a `replay`: what becomes of those says nothing about live traffic.
 */
export function openInferClients(upstream: Upstream, limits: UpstreamConfig, listener: InferListener) {
  const { wireOf, replaced } = listener;
  const releases = { ...(wireOf ? { wireOf } : {}), ...(replaced ? { replaced } : {}) };
  const copies = () => new InferClient(upstream, { ...limits, maxQueuedRows: COPIES, maxInFlight: 1 }, releases);
  return { real: new InferClient(upstream, limits, listener), shadow: copies(), replay: copies() };
}
