import { existsSync } from 'node:fs';
import { ensureProgram, has } from './ensure-program.ts';

const PLACES = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/opt/homebrew/bin/haproxy'];

/** Path of HAProxy, which is installed where it is missing. Throws `InstallError` if that fails. */
export function ensureHaproxy(): string {
  const find = () => PLACES.find(existsSync);
  if (has('haproxy')) return 'haproxy';
  const found = find();
  if (found) return found;
  ensureProgram('haproxy', { 'apt-get': 'haproxy', dnf: 'haproxy', apk: 'haproxy' });
  return find() ?? 'haproxy';
}
