import { globSync } from 'node:fs';
import { InstallError } from './install-error.ts';
import { packageManagers } from './package-managers.ts';
import { runQuietly } from './run-quietly.ts';

const PLACES = ['/usr/lib/*/faketime/libfaketime.so.1', '/usr/lib*/faketime/libfaketime.so.1'];

/** Path of libfaketime, which gives a program another clock; installs it if it is missing. Throws `InstallError`. */
export function ensureLibfaketime(): string {
  const found = () => PLACES.flatMap((place) => globSync(place))[0];
  if (!found()) {
    const packages = { 'apt-get': 'libfaketime', dnf: 'libfaketime', apk: 'libfaketime' };
    for (const { by, script } of packageManagers(packages)) {
      console.error(`test:infra: installing libfaketime with ${by} …`);
      runQuietly('sh', ['-c', script]);
    }
  }
  const library = found();
  if (library) return library;
  throw new InstallError('libfaketime is missing and could not be installed: install the package libfaketime');
}
