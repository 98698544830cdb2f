import { createServer } from 'node:net';

/** A TCP port of this machine that nothing listens on just now. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port: 0, host }, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether another program has the port, on `host` or, as AirPlay on macOS has 5000, on all addresses. */
export async function isTaken(port: number, host: string): Promise<boolean> {
  return !((await canListen(port, host)) && (await canListen(port)));
}

function canListen(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}
