/// <reference types="node" />
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages, requestCode } from './request-code.ts';

/** A name that breaks careless quoting in each of the languages. */
const features = {
  'it\'s "a" $HOME `x` \\n': 1.5,
  plain: -2,
  text: 'it\'s "b" $HOME `y` \\n é',
  yes: true,
  no: false,
  gap: null,
};
let received: { body: string; key: string | undefined }[] = [];
const server = createServer((req, res) => {
  let body = '';
  req.on('data', (chunk) => {
    body += chunk;
  });
  req.on('end', () => {
    received.push({ body, key: req.headers['x-api-key'] as string | undefined });
    res.end('{"class":"a"}');
  });
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/predict`;
});
afterAll(() => server.close());

describe('a request as code', () => {
  it('never spells out a key', () => {
    for (const language of languages)
      expect(requestCode(language, { url, features, needsKey: true })).toMatch(/API_KEY|apiKey/);
  });

  it('as fetch sends the inputs unchanged', async () => {
    received = [];
    const code = requestCode('fetch', { url, features, needsKey: true }).replace('console.log', 'void ');
    const run = Object.getPrototypeOf(async () => {}).constructor as new (
      ...args: string[]
    ) => (key: string) => Promise<void>;
    await new run('apiKey', code)('secret');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ features });
    expect(received[0]?.key).toBe('secret');
  });

  it('as Python has the words of Python', () => {
    const code = requestCode('Python', { url, features, needsKey: false });
    expect(code).toContain('"yes": True,\n        "no": False,\n        "gap": None\n    }\n}).encode()');
    expect(code).toContain(`"text": ${JSON.stringify(features.text)}`);
    expect(code).not.toMatch(/\b(true|false|null)\b/);
  });

  it('as curl is one argument to a shell', () => {
    const code = requestCode('curl', { url, features, needsKey: false });
    const printed = execFileSync('sh', ['-c', code.replace(/^curl/, "printf '%s\\n'")], { encoding: 'utf8' });
    expect(printed.trimEnd().split('\n').slice(1)).toEqual([
      url,
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify({ features }),
    ]);
  });
});
