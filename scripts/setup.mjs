// Sets up a fresh clone and then, with --run, starts a program on the Node that the lock file pins.
// Plain JavaScript without dependencies: it runs on the user's own Node, before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const pinnedNode = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');

const help = `Set up this checkout: install packages, train the models, build the page. Fast when up to date.

  node scripts/setup.mjs [--install-only] [--browser] [--postgres] [--run FILE ARGUMENTS…]

  --install-only   packages only
  --browser        also find or install a Chromium for the tests
  --postgres       also find or install PostgreSQL's server for the tests
  --run FILE …     then run FILE on the pinned Node, with the rest as its arguments
  --help           this text
`;

const args = process.argv.slice(2);
const runAt = args.indexOf('--run');
const flags = runAt < 0 ? args : args.slice(0, runAt);
const program = runAt < 0 ? [] : args.slice(runAt + 1);
const known = ['--install-only', '--browser', '--postgres', '--help', '-h'];
const unknown = flags.find((flag) => !known.includes(flag));
if (unknown) stop(`setup: unknown option ${unknown}; --help lists the options`);
if (flags.includes('--help') || flags.includes('-h')) {
  process.stdout.write(help);
  process.exit(0);
}
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop(`setup: Node ${process.versions.node} is too old: must be 20.19 or newer`);

if (!installed()) install();
// whoever only reads a program's options should not wait for a training run
const onlyHelp = program.includes('--help') || program.includes('-h');
if (!flags.includes('--install-only') && !onlyHelp) must(pinnedNode, [join(root, 'scripts/setup/main.ts'), ...flags]);
if (program.length > 0) run(program);

/** Whether node_modules holds exactly what package-lock.json requires on this platform. */
function installed() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !found || !existsSync(pinnedNode)) return false;
  return Object.entries(wanted).every(([path, { version, link, optional }]) => {
    if (!path.includes('node_modules/')) return true;
    const there = found[path];
    return there ? link === there.link && (link || version === there.version) : optional === true;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error('setup: installing packages (npm ci) …');
  // the npm that started this script, so that it need not find another one
  const npm = process.env.npm_execpath;
  const ci = ['ci', '--no-fund', '--no-audit', '--loglevel=error'];
  if (npm?.endsWith('.js')) must(process.execPath, [npm, ...ci]);
  else must('npm', ci, { shell: process.platform === 'win32' });
  if (!existsSync(pinnedNode))
    stop('setup: npm ci left out the pinned Node: install without --omit=optional, on linux, macOS or Windows');
}

/** Runs a step to its end; if it fails, ends the set-up with its status. */
function must(command, commandArgs, options = {}) {
  const { status, error } = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: 'inherit',
    env: withPinnedNode(),
    ...options,
  });
  if (error) stop(`setup: ${command} could not be started (${error.message})`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs the program in the foreground: passes signals to it and exits with its status. */
function run([file, ...rest]) {
  const child = spawn(pinnedNode, [join(root, file), ...rest], {
    stdio: 'inherit',
    env: withPinnedNode(),
    shell: process.platform === 'win32',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`setup: ${file} could not be started (${error.message})`));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function withPinnedNode() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env[name] ?? ''}` };
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
