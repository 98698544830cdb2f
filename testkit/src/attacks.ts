import { connect } from 'node:net';

/** Ways to write a request's path so that one reader takes it for another path than the next. The plain one comes first. */
export function pathVariants(path: string): string[] {
  const segments = path.split('/').slice(1);
  const rebuilt = (change: (segment: string, i: number) => string) => `/${segments.map(change).join('/')}`;
  const hex = (text: string) => `%${text.charCodeAt(0).toString(16)}`;
  const perSegment = segments.flatMap((_segment, at) =>
    [
      (segment: string) => hex(segment) + segment.slice(1),
      (segment: string) => hex(segment).toUpperCase() + segment.slice(1),
      (segment: string) => `%25${hex(segment).slice(1)}${segment.slice(1)}`,
      (segment: string) => [...segment].map(hex).join(''),
      (segment: string) => segment.toUpperCase(),
      ...[
        '.',
        '..',
        '%2e',
        '%2e%2e',
        '.%2e',
        '%252e%252e',
        '%c0%ae',
        '',
        ';',
        '..;',
        'x/..',
        'x/%2e%2e',
        'x/..%2f',
        'x\\..',
        '%20',
        '%00',
      ].map((before) => (segment: string) => `${before}/${segment}`),
      ...[';', ';x=y', '%00', '%20', '.', '%2e', '%09', '%0d%0a', '%3f', '%23', '+', '*', '%ff', '%'].map(
        (after) => (segment: string) => segment + after,
      ),
    ].map((change) => rebuilt((segment, i) => (i === at ? change(segment) : segment))),
  );
  const joints = segments
    .slice(1)
    .flatMap((_segment, at) =>
      ['%2f', '%2F', '%5c', '\\', '//', '/./', '/%2e/', '%252f', '/x/../', '/x/%2e%2e/', ';/'].map((joint) =>
        segments.reduce((all, segment, i) => all + (i === 0 ? '/' : i === at + 1 ? joint : '/') + segment, ''),
      ),
    );
  return [
    ...[path, path.toUpperCase(), path.replace(/[a-z]/, (letter) => letter.toUpperCase())],
    ...[
      '/',
      '//',
      '/.',
      '/..',
      '/../',
      '/%2e',
      '?',
      '?x=/health',
      '?/../health',
      '#',
      '#/health',
      '.json',
      '/health',
      '/../health',
      '%2fhealth',
      '/;/health',
      '/ready',
    ].map((end) => path + end),
    ...[
      '/',
      '//',
      '/.',
      '/..',
      '/%2e',
      '/health/..',
      '/health/%2e%2e',
      '/health/..%2f',
      '/v2/health/live/../../..',
      '/openapi.json/..',
      '/;',
      '\\',
      '/predict/..',
      '/models/v1/..',
    ].map((start) => start + path),
    ...[
      'http://localhost',
      'http://localhost:5000',
      'HTTP://LOCALHOST',
      'https://127.0.0.1',
      'http://user@localhost',
      'http://localhost/',
      'http://localhost/health/..',
      'http://localhost\\',
      '//localhost',
      'http:',
      'file://',
      'http://[::1]',
    ].map((start) => start + path),
    ...perSegment,
    ...joints,
  ];
}

export const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'get',
  'post',
  'PATCH\t',
];

/** Header lines that try to pass for a secret, or to make a server look elsewhere; `secret` is a right one, cut or changed. */
export function headerVariants(secret: string): string[][] {
  const wrong = [
    ...['', ' ', '*', 'null', 'undefined', 'true', '[object Object]', '""', "' OR 1=1 --", '%00', 'x'.repeat(4000)],
    ...[
      secret.slice(0, -1),
      `${secret}x`,
      secret.toUpperCase(),
      `${secret},x`,
      `x,${secret}`,
      `"${secret}"`,
      secret.split('').toReversed().join(''),
    ],
    Buffer.from(`x:${secret}`).toString('base64'),
  ];
  const names = ['Authorization', 'authorization', 'AUTHORIZATION', 'X-API-Key', 'x-api-key', 'X-Api-Key', 'Api-Key'];
  return [
    ...names.flatMap((name) => wrong.flatMap((value) => [[`${name}: ${value}`], [`${name}: Bearer ${value}`]])),
    ...wrong.flatMap((value) => [
      [`Authorization: Basic ${value}`],
      [`Authorization: Bearer ${value}`, `Authorization: Bearer ${secret}x`],
      [`X-API-Key: ${value}`, 'X-API-Key: x'],
      [`Authorization: Token ${value}`],
    ]),
    // a right secret where none is read
    ...[
      'Cookie: admin-token=',
      'Cookie: api_key=',
      'Proxy-Authorization: Bearer ',
      'X-Auth-Token: ',
      'X-Admin-Token: ',
      'Referer: http://localhost/#token=',
      'X-Authorization: Bearer ',
      'Sec-WebSocket-Protocol: ',
    ].map((line) => [line + secret]),
    [`Authorization: Basic ${secret}`],
    [`Authorization: Digest ${secret}`],
    [`Authorization: Bearer, ${secret}`],
    [`X_API_KEY: ${secret}`],
    [`Authorization_: Bearer ${secret}`],
    ...['127.0.0.1', '::1', 'localhost', '10.0.0.1, 127.0.0.1'].flatMap((address) =>
      [
        'X-Forwarded-For',
        'X-Real-IP',
        'Forwarded',
        'X-Client-IP',
        'True-Client-IP',
        'CF-Connecting-IP',
        'Client-IP',
      ].map((name) => [`${name}: ${name === 'Forwarded' ? `for=${address}` : address}`]),
    ),
    ...['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Prefix', 'X-Forwarded-Path', 'X-Forwarded-Uri'].map((name) => [
      `${name}: /health`,
    ]),
    ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map((name) => [`${name}: GET`]),
    ...['authorization', 'x-api-key', 'close, x-forwarded-for'].map((name) => [`Connection: ${name}`]),
    ['X-Source: page'],
    ['Sec-Fetch-Site: same-origin'],
    ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'],
    ['Expect: 100-continue'],
  ];
}

export type RawRequest = { method: string; path: string; headers?: string[]; body?: string };

/** Sends a request byte by byte as it is written, on a connection of its own, and returns all that comes back. */
export function sendRaw(port: number, { method, path, headers = [], body = '' }: RawRequest): Promise<string> {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers];
  if (body) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    // a refused connection may be reset: what came before it counts
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
