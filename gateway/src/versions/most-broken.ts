import type { InferError } from './infer-error.ts';

/**
 * How often a batch may have lost a connection to be sent again, which is safe: inference changes nothing. A connection that broke may be
 * a kept one that the server closed just as it was used; where nobody listens, some of the servers behind the address may have gone.
 */
export function mostBroken({ reason, cause }: InferError): number {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  if (reason !== 'connect') return 0;
  if (code === 'ECONNREFUSED') return 2;
  return BROKEN.includes(code) ? 1 : 0;
}

const BROKEN = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];
