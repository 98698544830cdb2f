import { expect, it } from 'vitest';
import { withoutPassword } from './without-password.ts';

it.each([
  ['http://model-v1:8080', 'http://model-v1:8080'],
  ['ftp://user:secret@host/path', 'ftp://***@host/path'],
  ['postgres://secret@host:5432/db', 'postgres://***@host:5432/db'],
  ['http://user:se/cret@x@host', 'http://***@host'],
  ['user:secret@host', '***@host'],
  ['://user:secret@', '***@'],
  ['ftp://host/x?password=secret&a=b', 'ftp://host/x?***'],
  ['http://user:se?cret@host', 'http://***@host'],
  ['Request cannot be constructed from http://user:secret@host/x', '***@host/x'],
])('shows %s as %s', (text, shown) => {
  expect(withoutPassword(text)).toBe(shown);
});
