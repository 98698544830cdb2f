import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAdminToken } from './admin-token.ts';

let dataDir: string;
let logged: string;
const log = pino(
  { level: 'info' },
  {
    write(line: string) {
      logged += line;
    },
  },
);
const open = (configured?: string, dir = dataDir) =>
  openAdminToken({ dataDir: dir, configured, publicUrl: 'http://127.0.0.1:8501', log });

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'coppice-token-'));
  logged = '';
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('the admin token', () => {
  it('is the configured one, which is neither stored nor logged', () => {
    expect(open('planted-secret')).toBe('planted-secret');
    expect(readdirSync(dataDir)).toEqual([]);
    expect(logged).not.toContain('planted-secret');
  });

  it('is generated once, stored for its owner only, and shown with the address that uses it', () => {
    const data = join(dataDir, 'not', 'there', 'yet');
    const token = open(undefined, data);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(readFileSync(join(data, 'admin-token'), 'utf8')).toBe(`${token}\n`);
    expect(statSync(join(data, 'admin-token')).mode & 0o777).toBe(0o600);
    expect(readdirSync(data)).toEqual(['admin-token']);
    expect(logged).toContain(`http://127.0.0.1:8501/#token=${token}`);
  });

  it('stays the same at the next start, and is not shown again', () => {
    const token = open();
    logged = '';
    expect(open()).toBe(token);
    expect(logged).toContain('admin-token');
    expect(logged).not.toContain(token);
  });

  it('is generated again when its file is empty', () => {
    writeFileSync(join(dataDir, 'admin-token'), '');
    const token = open();
    expect(open()).toBe(token);
  });

  it('lasts for one run, with a warning that shows it, when it cannot be stored', () => {
    // a file where the directory should be: fails for every user, root too
    writeFileSync(join(dataDir, 'file'), '');
    const token = open(undefined, join(dataDir, 'file'));
    expect(logged).toContain(`/#token=${token}`);
    expect(JSON.parse(logged).level).toBe(40);

    mkdirSync(join(dataDir, 'admin-token'));
    expect(open()).toMatch(/^[\w-]{32}$/);
  });

  it('differs between gateways', () => {
    expect(open(undefined, join(dataDir, 'a'))).not.toBe(open(undefined, join(dataDir, 'b')));
  });
});
