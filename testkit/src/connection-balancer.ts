import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** For tests: one address in front of several servers, which get the connections in turn, as kube-proxy does it. */
export async function startConnectionBalancer(ports: readonly number[]) {
  let targets = [...ports];
  let taken = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = targets[taken++ % targets.length];
    const upstream = target === undefined ? null : connect(target, '127.0.0.1');
    if (!upstream) return void client.resetAndDestroy();
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on('error', () => {});
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Where new connections go from now on; open ones stay where they are. */
    balance(next: readonly number[]) {
      targets = [...next];
    },
    /** New connections so far. */
    get connections() {
      return taken;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
