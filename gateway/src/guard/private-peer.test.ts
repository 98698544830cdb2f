import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { isPrivatePeer } from './private-peer.ts';

const from = (remoteAddress: string | undefined, headers = {}) =>
  isPrivatePeer({ socket: { remoteAddress }, headers } as IncomingMessage);

it.each([
  ...['127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
  ...['::ffff:127.0.0.1', '::ffff:172.20.0.3', 'fd00::1', 'fe80::1'],
])('%s is on a private network', (address) => {
  expect(from(address)).toBe(true);
});

it.each([
  ...[
    '8.8.8.8',
    '172.32.0.1',
    '172.15.255.255',
    '192.169.0.1',
    '11.0.0.1',
    '100.64.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
  ],
  ...['', 'localhost', undefined],
])('%s is not', (address) => {
  expect(from(address)).toBe(false);
});

it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'x-forwarded-proto'])(
  'nothing is that came through a proxy, as %s shows',
  (name) => {
    expect(from('127.0.0.1', { [name]: '127.0.0.1' })).toBe(false);
    expect(from('127.0.0.1', { [name]: '' })).toBe(false);
  },
);
