import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { openForTest } from '@coppice/testkit/record/databases';
import { eventually } from '@coppice/testkit/waiting/eventually';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

let server: ThrowawayPostgres;
let folder: string;

beforeAll(async () => {
  ensureProgram('openssl', { 'apt-get': 'openssl', dnf: 'openssl', apk: 'openssl' });
  folder = mkdtempSync(join(tmpdir(), 'coppice-authority-'));
  server = await startThrowawayPostgres();
  await answerWithTls();
});
afterAll(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Gives the server a certificate of an authority that only `ca.crt` of the folder knows, as that of RDS is. */
async function answerWithTls(): Promise<void> {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
  openssl('req', '-x509', ...key, 'ca.key', '-out', 'ca.crt', '-subj', '/CN=authority', '-days', '2');
  openssl('req', ...key, 'server.key', '-out', 'server.csr', '-subj', '/CN=database');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', '2', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signed);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { data_directory: data } = (await client.query('SHOW data_directory')).rows[0];
    const { uid, gid } = statSync(data);
    chmodSync(folder, 0o755);
    for (const file of ['server.key', 'server.crt']) chownSync(join(folder, file), uid, gid);
    await client.query(`ALTER SYSTEM SET ssl_key_file = '${join(folder, 'server.key')}'`);
    await client.query(`ALTER SYSTEM SET ssl_cert_file = '${join(folder, 'server.crt')}'`);
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    await eventually(async () => (await client.query('SHOW ssl')).rows[0].ssl === 'on');
  } finally {
    await client.end();
  }
}

/** Whether a gateway with this address can write its record, and what it says if not. */
async function open(name: string, options: string) {
  const opened = await openForTest({ DATABASE_URL: `${await server.createDatabase(name)}?${options}` });
  await eventually(() => opened.writable() !== null);
  await opened.record.close();
  return { writable: opened.writable(), reasons: opened.log.map(({ reason }) => reason) };
}

it.each(['require', 'verify-full'])('sslmode=%s refuses a server whose authority nobody named', async (mode) => {
  const { writable, reasons } = await open(mode.replace('-', '_'), `sslmode=${mode}`);

  expect(writable).toBe(false);
  expect(reasons).toContainEqual(expect.stringContaining('certificate'));
});

it('sslrootcert names the authority of the server', async () => {
  const { writable } = await open('named', `sslmode=verify-full&sslrootcert=${join(folder, 'ca.crt')}`);

  expect(writable).toBe(true);
});
