import { describe, expect, it } from 'vitest';
import { envHost, hostPort, httpUrl } from './address.ts';

describe('the address of a server', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['localhost', 'localhost:5000', 'http://localhost:5000'],
    ['::1', '[::1]:5000', 'http://[::1]:5000'],
    ['2001:db8::7', '[2001:db8::7]:5000', 'http://[2001:db8::7]:5000'],
    ['::', '[::]:5000', 'http://[::1]:5000'],
    ['0.0.0.0', '0.0.0.0:5000', 'http://127.0.0.1:5000'],
  ])('of %s is %s, and reached at %s', (host, place, url) => {
    expect(hostPort(host, 5000)).toBe(place);
    expect(httpUrl(host, 5000)).toBe(url);
    expect(URL.parse(`${httpUrl(host, 5000)}/ready`)?.pathname).toBe('/ready');
  });
});

describe('an address from the environment', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    [' ::1 ', '::1'],
    ['[::1]', '::1'],
    ['::', '::'],
    ['0.0.0.0', '0.0.0.0'],
    ['gateway-1.internal', 'gateway-1.internal'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('%j is %j', (text, host) => expect(envHost({ BIND_ADDRESS: text }, 'BIND_ADDRESS')).toBe(host));

  it.each(['http://127.0.0.1', '127.0.0.1:5000', '[::1', '::1:::', 'a b', '::1/64', '1.2.3.400', '*'])(
    'refuses %s',
    (text) =>
      expect(() => envHost({ BIND_ADDRESS: text }, 'BIND_ADDRESS')).toThrow(
        `BIND_ADDRESS=${text} is not allowed: must be an IP address or a host name, without a port`,
      ),
  );
});
