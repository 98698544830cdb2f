import { createServer } from 'node:net';

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
