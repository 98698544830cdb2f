import type { Config } from './config.ts';

export type Status = {
  gateway: boolean;
  prometheus: boolean;
  /** It has answered since the page server started: without an answer now, it is down rather than absent. */
  prometheus_seen: boolean;
  prometheus_url: string | null;
  prometheus_port: number;
};

/**
 * Which services answer now, always with status 200. The page reads this before it queries Prometheus, so that a stack
 * without Prometheus does not fill the browser's console with errors. Probes at most once a second.
 */
export function partsProbe(
  config: Pick<Config, 'gatewayUrl' | 'prometheusUrl' | 'prometheusPublicUrl' | 'prometheusPort'>,
): () => Promise<Status> {
  let seen = false;
  let latest: { at: number; status: Promise<Status> } | undefined;
  const probe = async (): Promise<Status> => {
    const [gateway, prometheus] = await Promise.all([
      answers(`${config.gatewayUrl}/health`),
      answers(`${config.prometheusUrl}/-/healthy`),
    ]);
    seen ||= prometheus;
    return {
      gateway,
      prometheus,
      prometheus_seen: seen,
      prometheus_url: config.prometheusPublicUrl,
      prometheus_port: config.prometheusPort,
    };
  };
  return () => {
    if (!latest || Date.now() - latest.at > 1000) latest = { at: Date.now(), status: probe() };
    return latest.status;
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
