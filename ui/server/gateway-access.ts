import { HttpError } from '@coppice/serverkit';
import type { Request, RequestHandler } from 'express';

/** Milliseconds for which an answer of the gateway holds. */
const HOLDS_MS = 5_000;
/** Different credentials that are remembered. */
const REMEMBERED = 100;

/**
 * Asks the gateway, which alone knows the keys, whether a request may read. While the gateway is down, what it last
 * allowed stays allowed: Prometheus is needed most then.
 */
export function requireGatewayAccess(gatewayUrl: string, now: () => number = Date.now): RequestHandler {
  const allowed = new Map<string, number>();
  return async (req, _res, next) => {
    const credentials = JSON.stringify([req.headers['x-api-key'], req.headers.authorization]);
    const at = allowed.get(credentials);
    if (at !== undefined && now() - at < HOLDS_MS) return next();
    const answer = await ask(gatewayUrl, req);
    if (answer === null) {
      if (at !== undefined) return next();
      throw new HttpError(502, 'The gateway cannot be reached.', { headers: { 'Retry-After': '2' } });
    }
    allowed.delete(credentials);
    if (!answer.ok) throw await refusal(answer);
    await answer.body?.cancel();
    if (allowed.size >= REMEMBERED) allowed.delete(allowed.keys().next().value as string);
    allowed.set(credentials, now());
    next();
  };
}

async function ask(gatewayUrl: string, req: Request): Promise<Response | null> {
  const headers = new Headers();
  for (const name of ['x-api-key', 'authorization', 'x-forwarded-for'])
    if (req.headers[name] !== undefined) headers.set(name, String(req.headers[name]));
  try {
    return await fetch(`${gatewayUrl}/access`, { headers, signal: AbortSignal.timeout(5_000) });
  } catch {
    return null;
  }
}

async function refusal(answer: Response): Promise<HttpError> {
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: string };
  const headers = Object.fromEntries(
    ['www-authenticate', 'retry-after'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return answer.status === 401 || answer.status === 429
    ? new HttpError(answer.status, detail ?? 'The gateway requires an API key.', { headers })
    : new HttpError(502, `The gateway answered ${answer.status} when asked for access.`);
}
