import { expect, it } from 'vitest';
import { forwardedHeaders } from './forwarded-headers.ts';

const kept = { 'content-type': 'application/json', 'x-other': 'yes' };

it('keeps from a request what belongs to one connection, and credentials for this server', () => {
  const headers = {
    ...kept,
    ...{
      connection: 'keep-alive, X-Hop , te',
      'keep-alive': 'timeout=5',
      'x-hop': '1',
      te: 'trailers',
      expect: '100-continue',
    },
    ...{ authorization: 'Bearer x', 'x-api-key': 'k', cookie: 'a=b', 'proxy-authorization': 'Basic x', upgrade: 'h2c' },
    ...{
      origin: 'https://x',
      referer: 'https://x/',
      'sec-fetch-site': 'cross-site',
      'x-http-method-override': 'DELETE',
    },
  };
  expect(forwardedHeaders(headers, 'request')).toEqual(kept);
});

it('keeps what frames a request, even when its Connection header names it', () => {
  const framing = { host: 'x', 'content-length': '7', 'transfer-encoding': 'chunked' };
  const connection = 'Host, Content-Length, Transfer-Encoding, Content-Type';
  expect(forwardedHeaders({ ...kept, ...framing, connection }, 'request')).toEqual({ ...framing, 'x-other': 'yes' });
});

it('keeps from an answer what only this server says of itself', () => {
  const headers = {
    ...kept,
    ...{ connection: 'x-hop', 'x-hop': '1', 'transfer-encoding': 'chunked', trailer: 'x', 'set-cookie': ['a=b'] },
    ...{ 'access-control-allow-origin': '*', 'access-control-max-age': '9', 'x-model-version': 'v9' },
    ...{ 'x-request-id': '1', 'server-timing': 'a', 'strict-transport-security': 'x', 'clear-site-data': '"*"' },
  };
  expect(forwardedHeaders(headers, 'answer')).toEqual(kept);
});
