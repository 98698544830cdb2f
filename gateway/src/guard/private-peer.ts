import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const networks = new BlockList();
for (const [address, bits] of [
  ...([
    ['127.0.0.0', 8],
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['169.254.0.0', 16],
  ] as const),
])
  networks.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  networks.addSubnet(address, bits, 'ipv6');

/** What proxies add. A client that adds one itself only loses by it. */
const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** Whether a request comes directly, through no proxy, from this machine or a private network, as Compose's is. */
export function isPrivatePeer({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  const address = socket.remoteAddress ?? '';
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
