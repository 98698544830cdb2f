import { createServer } from 'node:net';
import { ConfigError } from '@coppice/serverkit';

/**
 * Whether another program uses the port, on `host` or on all addresses (as AirPlay on macOS uses 5000). Throws a
 * `ConfigError` when this machine has no such address.
 */
export async function isTaken(port: number, host: string): Promise<boolean> {
  return !((await canListen(port, host)) && (await canListen(port)));
}

function canListen(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else
        reject(
          new ConfigError(`this machine cannot listen on ${host ?? 'any address'} (${error.code})`, { cause: error }),
        );
    });
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}
