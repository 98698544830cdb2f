import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from '../programs/ensure-program.ts';
import { run } from '../programs/run-command.ts';

/** Subject and extension of each certificate of a cluster, by the name of its file. */
const CERTIFICATES = {
  server: ['/CN=kube-apiserver', 'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc'],
  admin: ['/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth'],
  'controller-manager': ['/CN=system:kube-controller-manager', 'extendedKeyUsage=clientAuth'],
  scheduler: ['/CN=system:kube-scheduler', 'extendedKeyUsage=clientAuth'],
  proxy: ['/CN=aggregator', 'extendedKeyUsage=clientAuth'],
} as const;

/** Writes `ca`, `sa` and the certificates of a cluster's programs with their keys (`NAME.crt`, `NAME.key`) into a new folder. */
export async function writeCertificates(folder: string): Promise<void> {
  ensureProgram('openssl', { 'apt-get': 'openssl', dnf: 'openssl', apk: 'openssl' });
  mkdirSync(folder, { mode: 0o700 });
  const account = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(join(folder, 'sa.key'), account.privateKey.export({ type: 'sec1', format: 'pem' }));
  writeFileSync(join(folder, 'sa.pub'), account.publicKey.export({ type: 'spki', format: 'pem' }));
  const openssl = (...args: string[]) => run('openssl', args, {}, folder);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=coppice', '-days', '2');
  await Promise.all(
    Object.entries(CERTIFICATES).map(async ([name, [subject, extension]], serial) => {
      writeFileSync(join(folder, `${name}.ext`), extension);
      await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
      const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', String(serial + 2), '-days', '2'];
      const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
      await openssl('x509', '-req', ...files, ...signed);
    }),
  );
}
