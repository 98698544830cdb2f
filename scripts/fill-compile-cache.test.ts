import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@coppice/testkit/programs/free-port';
import { expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('fill-compile-cache.mjs', import.meta.url));

it('leaves a cache that another user can read, whatever the umask of the server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [cache, server, port] = [join(folder, 'cache'), join(folder, 'server.mjs'), await freePort()];
  writeFileSync(
    server,
    `import { createServer } from 'node:http'; process.umask(0o077);
     createServer((req, res) => res.end()).listen(${port}, '127.0.0.1');
     process.on('SIGTERM', () => process.exit(0));`,
  );
  const { status } = spawnSync(process.execPath, [program, `http://127.0.0.1:${port}/health`, server], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: cache },
  });
  expect(status).toBe(0);
  const entries = readdirSync(cache, { recursive: true, withFileTypes: true });
  expect(entries.filter((entry) => entry.isFile()).length).toBeGreaterThan(0);
  for (const entry of entries)
    expect(statSync(join(entry.parentPath, entry.name)).mode & 0o005, entry.name).toBe(entry.isFile() ? 0o004 : 0o005);
});
