import { InstallError } from './install-error.ts';
import { packageManagers } from './package-managers.ts';
import { runQuietly } from './run-quietly.ts';
import { findPostgres } from './throwaway-postgres.ts';

/** Sees to it that the tests of the record have PostgreSQL's server programs. Throws `InstallError` when they cannot be had. */
export function ensurePostgres(): void {
  if (found()) return;
  // Debian's package would also start a cluster of its own, on the port that the user's server may want
  const noCluster =
    'mkdir -p /etc/postgresql-common && { [ -e /etc/postgresql-common/createcluster.conf ] || echo create_main_cluster=false >/etc/postgresql-common/createcluster.conf; } && ';
  const attempts = packageManagers({ 'apt-get': 'postgresql', dnf: 'postgresql-server', apk: 'postgresql' });
  const tried: string[] = [];
  for (const { by, script } of attempts) {
    console.error(`setup: installing PostgreSQL for the tests of the record by ${by} …`);
    const trouble = runQuietly('sh', ['-c', by === 'apt-get' ? noCluster + script : script]);
    if (found()) return;
    tried.push(`; tried ${by} (${trouble})`);
  }
  throw new InstallError(
    `no PostgreSQL server programs (initdb, postgres) for the tests of the record: install the package postgresql${tried.join('')}`,
  );
}

function found(): boolean {
  try {
    findPostgres();
    return true;
  } catch {
    return false;
  }
}
