import { type StdioOptions, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npmCommand } from './setup/npm-command.ts';
import { type Counts, countTests, isFlaky, type TestOutcome, testOutcomes } from './test/count-tests.ts';

const help = `Lint, check types, and run all tests that need no Docker: unit, integration, npm start, browser.

  npm test [-- FILTER…] [-- --coverage]

  FILTER       only test files whose path contains one of these, without lint and type checks
  --project P  only these tests; repeatable                               (default: unit and e2e)
  --coverage   also measure coverage, into coverage/
  --help       this text

Reports go to test-results/, as JSON and as JUnit XML: tests.json and tests.xml, or PROJECT.json and PROJECT.xml. The last line is "N passed, N failed"; status 1 if any failed.
With CI set in the environment a test that fails gets one more try; what passed only then is listed as FLAKY.
`;

/** Projects of tests that run in another way than the rest of their suite. */
const parts: Record<string, string[]> = { unit: ['unit-pure'], page: ['page-alone'], faults: ['faults-alone'] };
const root = fileURLToPath(new URL('..', import.meta.url));
const reports = join(root, 'test-results');
const { values, positionals: filters } = readArguments();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const total: Counts = { passed: 0, failed: 0 };
const durations: string[] = [];
const failures: string[] = [];
const flaky: string[] = [];

// beside the unit tests, which mostly wait: the browser tests begin long after
const checks =
  filters.length === 0 && !values.project
    ? [check('lint', ['run', '--silent', 'lint']), check('types', ['run', '--silent', 'check'])]
    : [];
await runTests((values.project ?? ['unit', 'e2e']).flatMap((name) => [name, ...(parts[name] ?? [])]));
for (const finish of checks) await finish();

console.log(`\n${durations.join(', ')}`);
// last, where it is found in a log of thousands of lines
for (const one of flaky) console.log(`FLAKY ${one}`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Starts a step that passes or fails as a whole. What is returned waits for it, and prints and counts it. */
function check(name: string, npmArguments: string[]): () => Promise<void> {
  const { command, args } = npmCommand(npmArguments);
  const ending = run(command, args, ['ignore', 'pipe', 'pipe']);
  return async () => {
    const { status, output, seconds } = await ending;
    console.log(`\n── ${name}\n${output}`);
    durations.push(`${name} ${seconds} s`);
    add(status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
    if (status !== 0) failures.push(name);
  };
}

async function runTests(projects: string[]): Promise<void> {
  const name = values.project?.join('-') ?? 'tests';
  const [json, junit] = [join(reports, `${name}.json`), join(reports, `${name}.xml`)];
  // the report of an earlier run must not pass for that of one that crashed
  for (const file of [json, junit]) rmSync(file, { force: true });
  console.log('\n── tests');
  const tests = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', ...filters],
    ...projects.flatMap((project) => ['--project', project]),
    ...(values.coverage ? ['--coverage'] : []),
    // a machine that others use may stall a test: there it gets one more try, and is named
    ...(process.env.CI ? ['--retry=1'] : []),
    ...['--reporter=default', '--reporter=json', '--reporter=junit'],
    ...[`--outputFile.json=${json}`, `--outputFile.junit=${junit}`],
  ];
  const { status, seconds } = await run(process.execPath, tests, 'inherit');
  durations.push(`tests ${seconds} s`);
  const report = read(json);
  const outcomes = testOutcomes(report);
  add(countTests(report, status));
  failures.push(...outcomes.filter(({ passed }) => !passed).map(describe));
  flaky.push(...outcomes.filter(isFlaky).map(describe));
  if (projects.includes('faults')) printFaults(outcomes);
}

/** The kinds of faults that were tried, and whether the product held. */
function printFaults(outcomes: readonly TestOutcome[]): void {
  const held = outcomes.filter(({ passed }) => passed).length;
  console.log(`\nKinds of faults tried: ${outcomes.length}, held: ${held}`);
  for (const { name, file, passed } of outcomes)
    console.log(`  ${passed ? 'held  ' : 'FAILED'}  ${name ?? relative(root, file)}`);
}

function describe({ file, name, reason }: TestOutcome): string {
  return [relative(root, file), name, reason].filter((part) => part !== null).join(' · ');
}

/** Runs a command to its end. `output` is what it printed into pipes. */
async function run(command: string, args: string[], stdio: StdioOptions) {
  const start = performance.now();
  const child = spawn(command, args, { cwd: root, stdio });
  // who ends this process alone must not leave the tests behind; a terminal's SIGINT reaches them by itself
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  const printed = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  const status = await new Promise<number | null>((resolve) =>
    child.once('close', resolve).once('error', () => resolve(1)),
  );
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { status, output: (await Promise.all(printed)).join(''), seconds };
}

function add({ passed, failed }: Counts): void {
  total.passed += passed;
  total.failed += failed;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        coverage: { type: 'boolean' },
        project: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message.split('\n')[0]} (--help lists the options)`);
    process.exit(1);
  }
}
