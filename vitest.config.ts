import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests start hundreds of gateways, workers and commands: each finds its code compiled, and its types stripped, by the first.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url));

// generous: on a loaded machine a slow test is still right
const shared = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Tests of functions alone: no server, process, thread or fake clock, nothing of the process changed, no state kept in a module. They share a process,
 * which takes a third of the processor time of one each.
 */
const pure = [
  'contract/**/*.test.ts',
  'statistics/{src,simulations}/**/*.test.ts',
  'evaluation/src/{draw,figures}/**/*.test.ts',
  'gateway/src/{accounting,drift,events,experiments,predict,queries,rollout,traffic}/**/*.test.ts',
  'gateway/src/storage/{port,rows,summaries}/**/*.test.ts',
  'registry/src/gate/**/*.test.ts',
  'serverkit/src/{open-inference,rows}/**/*.test.ts',
  'trainer/src/{card,prepare,sampling}/**/*.test.ts',
  'ui/src/{charts,comparison,drift,history,navigation,parts,performance,rollout,timeline,traffic,usage}/**/*.test.ts',
];

/** Tests of the page that count requests or milliseconds. */
const alone = ['e2e/page-states/page-{speed,events}.test.ts'];

/** Tests of faults that count slow answers. */
const faultsAlone = ['e2e/faults/{rollout,lying-version,frozen-version,killed-version}.test.ts'];

const unitExcludes = [
  '**/node_modules/**',
  '**/*.{infra,pipeline,kubernetes,faults,simulation}.test.ts',
  'statistics/simulations/studies.test.ts',
];

// a test without an expect passes whatever happens
const unit = { ...shared, expect: { requireAssertions: true } };

export default defineConfig({
  test: {
    // most tests wait for servers and processes rather than compute
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        test: {
          ...unit,
          name: 'unit',
          include: [
            'tidy.test.ts',
            '.ci/*.test.ts',
            '{contract,statistics,registry,evaluation,mlflow,serverkit,testkit,trainer,models,gateway,retrainer,prometheus,scripts,bench,jenkins,notebook,kubernetes}/**/*.test.ts',
            'ui/{src,server,build}/**/*.test.ts',
          ],
          exclude: [...unitExcludes, ...pure],
        },
      },
      {
        test: {
          ...unit,
          name: 'unit-pure',
          isolate: false,
          include: pure,
          exclude: unitExcludes,
        },
      },
      {
        test: {
          ...shared,
          name: 'statistics',
          include: ['statistics/simulations/studies.test.ts', '{gateway/src,scripts}/**/*.simulation.test.ts'],
          // each test computes on all processors
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // after the unit tests, with the machine for themselves
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'page',
          include: ['e2e/page-states/*.test.ts'],
          exclude: alone,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // a browser and a stack each, which mostly wait: a file takes a quarter of two processors
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...shared,
          name: 'page-alone',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...shared,
          name: 'compose',
          include: ['e2e/compose/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'faults',
          // tests of 25 requests a second, which mostly wait
          maxConcurrency: 7,
          include: ['e2e/faults/*.test.ts', 'gateway/src/**/*.faults.test.ts'],
          exclude: ['**/node_modules/**', ...faultsAlone],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          ...shared,
          name: 'faults-alone',
          maxConcurrency: 7,
          include: faultsAlone,
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          ...shared,
          name: 'docs',
          include: ['e2e/docs/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'pipeline',
          include: ['{mlflow,retrainer,pipeline,notebook,jenkins}/**/*.pipeline.test.ts', 'e2e/pipeline/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          // the chart on a real API server with nodes that run nothing
          name: 'kubernetes',
          include: ['{kubernetes,scripts,jenkins}/**/*.kubernetes.test.ts'],
          // one cluster for all files
          globalSetup: 'testkit/src/kubernetes/shared-cluster-setup.ts',
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'terraform',
          include: ['terraform/*.infra.test.ts', 'terraform/cluster/**/*.infra.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'infra',
          include: [
            '{registry,prometheus,jenkins,terraform/host,scripts}/**/*.infra.test.ts',
            'e2e/{infra,foreign}/*.test.ts',
          ],
          exclude: ['**/node_modules/**'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
