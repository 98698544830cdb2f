import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDocker } from '@coppice/testkit/programs/ensure-docker';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { freePorts } from '@coppice/testkit/programs/free-port';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { ensureTerraform } from '@coppice/testkit/terraform/ensure-terraform';
import { renderUserData, type UserData } from '@coppice/testkit/terraform/render-user-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const plain: UserData = {
  name: 'coppice',
  region: 'eu-central-1',
  data_volume_id: 'vol-0abc',
  release_url: 'https://example.com/coppice.tar.gz',
  release_sha256: '',
  registry: '',
  ecr_pull: false,
  image_tag: 'local',
  weights: { v1: 90, v2: 10 },
  domain: '',
  admin_token_parameter: '',
  api_keys_parameter: '',
  compose_version: 'v2.40.3',
  buildx_version: 'v0.29.1',
};
const domain = { domain: 'host.localhost' };
const registry = { registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/', ecr_pull: true, image_tag: '1.4.0' };
const secrets = { admin_token_parameter: '/coppice/admin-token', api_keys_parameter: '/coppice/api-keys' };

beforeAll(() => {
  ensureTerraform();
  ensureProgram('shellcheck', { 'apt-get': 'shellcheck', dnf: 'ShellCheck', apk: 'shellcheck' });
});

describe('the rendered user data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-user-data-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['nothing more', {}],
    ['a domain', domain],
    ['a registry', registry],
    ['another registry', { ...registry, ecr_pull: false }],
    ['secrets', secrets],
    ['a checked release', { release_sha256: 'a'.repeat(64) }],
    ['everything', { ...domain, ...registry, ...secrets, release_sha256: 'a'.repeat(64) }],
  ])('with %s is shellcheck-clean, as is the script that it writes', async (_with, more) => {
    const script = renderUserData({ ...plain, ...more });
    const inner = /<<'SCRIPT'\n(.*?)\nSCRIPT\n/s.exec(script)?.[1] as string;
    writeFileSync(join(folder, 'user-data.sh'), script);
    writeFileSync(join(folder, 'coppice-env.sh'), inner);
    // SC2157, SC2194: a template's values are constants once rendered
    await run('shellcheck', ['--exclude=SC2157,SC2194', 'user-data.sh', 'coppice-env.sh'], {}, folder);
    expect(Buffer.byteLength(script), 'EC2 takes 16 KiB').toBeLessThan(16_384);
  });
});

describe('a first boot', () => {
  const id = `coppice-boot-${process.pid}`;
  const downloads = mkdtempSync(join(tmpdir(), 'coppice-downloads-'));
  let ports: string[];
  const host = (...command: string[]) => run('docker', ['exec', id, ...command]);

  beforeAll(async () => {
    await ensureDocker(['node:26-bookworm-slim', 'prom/prometheus:v3.5.0', 'caddy:2.11']);
    ports = (await freePorts(5)).map(String);
    await run('git', ['archive', '--prefix=coppice-1/', '--output', join(downloads, 'coppice.tar.gz'), 'HEAD']);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(downloads, 'coppice.tar.gz')))
      .digest('hex');
    offerPlugins(downloads);
    const values = { ...plain, ...domain, ...secrets, image_tag: id, release_sha256: sha256 };
    writeFileSync(join(downloads, 'user-data.sh'), renderUserData(values));
    cpSync(join(root, 'testkit/src/terraform/stand-ins'), join(downloads, 'stand-ins'), {
      recursive: true,
      dereference: true,
    });
    const [gateway, ui, prometheus, http, https] = ports;
    const settings = {
      ...{ COMPOSE_PROJECT_NAME: id, GATEWAY_PORT: gateway, UI_PORT: ui, PROMETHEUS_PORT: prometheus },
      ...{ HTTP_PORT: http, HTTPS_PORT: https, PROXY_ADDRESS: '127.0.0.1' },
      PATH: '/downloads/stand-ins:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    };
    const docker = spawnSync('sh', ['-c', 'readlink -f "$(command -v docker)"'], { encoding: 'utf8' }).stdout.trim();
    await run('docker', [
      ...['run', '--detach', '--init', '--name', id],
      ...['--volume', '/var/run/docker.sock:/var/run/docker.sock', '--volume', `${docker}:/usr/bin/docker:ro`],
      ...['--volume', `${downloads}:/downloads:ro`],
      ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...['node:26-bookworm-slim', 'sleep', '3600'],
    ]);
    await host('mkdir', '-p', '/dev/disk/by-id');
    await host('touch', '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0abc');
  });

  afterAll(async () => {
    const compose = ['compose', '--project-name', id, '--profile', 'tls'];
    await attempt('docker', [...compose, 'down', '--volumes', '--remove-orphans', '--timeout', '5'], { TAG: id });
    await attempt('docker', ['rm', '--force', '--volumes', id]);
    const services = ['trainer', 'model', 'gateway', 'ui', 'prometheus', 'proxy'];
    await attempt('docker', ['rmi', '--force', ...services.map((service) => `coppice-${service}:${id}`)]);
    rmSync(downloads, { recursive: true, force: true });
  });

  it('starts the whole stack behind TLS, with weights from Terraform and secrets from the store', async () => {
    const { status, output } = await attempt('docker', ['exec', id, 'bash', '/downloads/user-data.sh']);
    expect(status, output).toBe(0);
    expect(await host('cat', '/tmp/called.log')).toContain('dnf install -y -q docker tar gzip');
    expect(await host('cat', '/etc/fstab')).toContain(' /var/lib/docker/volumes xfs ');
    expect(await host('stat', '--format=%a', '/opt/coppice/.env')).toBe('600\n');
    const settings = await host('cat', '/opt/coppice/.env');
    for (const line of ['BIND_ADDRESS=127.0.0.1', 'MODEL_V1_WEIGHT=90', 'MODEL_V2_WEIGHT=10', 'DOMAIN=host.localhost'])
      expect(settings).toContain(`${line}\n`);

    const [, , , , https] = ports;
    const curl = (path: string, ...more: string[]) =>
      run('curl', [
        '-sSk',
        '--resolve',
        `host.localhost:${https}:127.0.0.1`,
        ...more,
        `https://host.localhost:${https}${path}`,
      ]);
    expect(await curl('/')).toContain('<html');
    expect(JSON.parse(await curl('/api/config'))).toMatchObject({
      weights: { v1: 90, v2: 10 },
      auth: { api_key: true },
    });
    const body = ['-H', 'content-type: application/json', '-d', '{"features":[5.1,3.5,1.4,0.2]}'];
    expect(JSON.parse(await curl('/api/predict', ...body))).toMatchObject({ status: 401 });
    const key = ['-H', 'x-api-key: key-from-the-store'];
    expect(JSON.parse(await curl('/api/predict', ...key, ...body))).toMatchObject({ class: 'setosa' });
    const token = ['-H', 'authorization: Bearer admin-from-the-store'];
    expect(JSON.parse(await curl('/api/audit', ...token))).toHaveProperty('audit');
  });

  it('keeps the secrets in the settings file only', async () => {
    const { output } = await attempt('docker', [
      ...[
        'exec',
        id,
        'grep',
        '-rlE',
        '--exclude-dir=terraform',
        '(admin|key)-from-the-store',
        '/etc',
        '/opt/coppice',
        '/var/log',
        '/usr/local/bin',
      ],
    ]);
    expect(output).toBe('/opt/coppice/.env\n');
  });
});

/** The Compose and buildx plugins of this machine, in the place where the script expects their releases. */
function offerPlugins(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { stdout } = spawnSync('docker', ['info', '--format', '{{json .ClientInfo.Plugins}}'], { encoding: 'utf8' });
  const plugins = JSON.parse(stdout) as { Name: string; Path: string }[];
  const goarch = process.arch === 'x64' ? 'amd64' : 'arm64';
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  for (const [plugin, file, sums] of [
    ['compose', `docker-compose-linux-${machine}`, `docker-compose-linux-${machine}.sha256`],
    ['buildx', `buildx-${plain.buildx_version}.linux-${goarch}`, 'checksums.txt'],
  ] as const) {
    const path = plugins.find(({ Name }) => Name === plugin)?.Path;
    if (!path) throw new Error(`this machine has no docker ${plugin} plugin`);
    const program = readFileSync(path);
    writeFileSync(join(folder, file), program);
    writeFileSync(join(folder, sums), `${createHash('sha256').update(program).digest('hex')} *${file}\n`);
  }
}
