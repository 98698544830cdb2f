import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imageTable } from './images/image-table.ts';

const help = `Build the images of all services, labelled with this commit and dated by it, and print their sizes.

  npm run images [-- options]

  --sizes        only print the sizes of existing images
  --tag TAG      instead of "local"; also $TAG
  --registry R   prefix of the names, ending in a slash; also $REGISTRY
  --help         this text
`;

const root = fileURLToPath(new URL('..', import.meta.url));
/** Services, their images' base, and how much they may add to it, in MB. */
const images = [
  { service: 'trainer', base: /^FROM (node:\S+)/m, limit: undefined },
  { service: 'model', base: /^FROM (node:\S+)/m, limit: 120 },
  { service: 'gateway', base: /^FROM (node:\S+)/m, limit: 60 },
  { service: 'ui', base: /^FROM (node:\S+)/m, limit: 60 },
  { service: 'prometheus', base: /^FROM (prom\/prometheus:\S+)/m, limit: undefined },
];

const { values } = parseArgs({
  options: {
    sizes: { type: 'boolean' },
    tag: { type: 'string', default: process.env.TAG || 'local' },
    registry: { type: 'string', default: process.env.REGISTRY ?? '' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) process.stdout.write(help);
else main();

function main(): void {
  if (!values.sizes && build() !== 0) {
    process.exitCode = 1;
    return;
  }
  const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8');
  const rows = images.map(({ service, base, limit }) => {
    const name = `${values.registry}coppice-${service}:${values.tag}`;
    const baseName = base.exec(dockerfile)?.[1] ?? '';
    return { name, size: imageSize(name), base: baseName, baseSize: imageSize(baseName), limit };
  });
  const { text, over } = imageTable(rows);
  console.log(text);
  if (over.length > 0) {
    console.error(`too large: ${over.join(', ')}`);
    process.exitCode = 1;
  }
}

function build(): number | null {
  const { status } = spawnSync('docker', ['compose', 'build'], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      REGISTRY: values.registry,
      TAG: values.tag,
      COMMIT: process.env.COMMIT || git('rev-parse', 'HEAD'),
      SOURCE_URL: process.env.SOURCE_URL || publicAddress(git('remote', 'get-url', 'origin')),
      SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct'),
    },
  });
  return status;
}

/** Empty outside a Git checkout, or without a remote: then the label stays empty. */
function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** A remote's address may hold a token, which has no place in a label. */
function publicAddress(remote: string): string {
  const url = URL.parse(remote);
  return url && /^https?:$/.test(url.protocol) ? `https://${url.host}${url.pathname}` : '';
}

function imageSize(image: string): number | undefined {
  try {
    const args = ['image', 'inspect', '--format', '{{.Size}}', image];
    return Number(execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
