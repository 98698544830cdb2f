// The walls of this repository: read the tables first. Over 300 lines, since the tables and what holds them belong together.

import { join, normalize } from 'node:path';
import { METRICS } from '@coppice/gateway/metrics/metric-names';
import { findCycles } from '@coppice/testkit/tidy/cycles';
import { copiedButIgnored, stagesOfImages } from '@coppice/testkit/tidy/images';
import { findUsed } from '@coppice/testkit/tidy/programs';
import { settingsDocumented, settingsRead } from '@coppice/testkit/tidy/settings';
import { folderOf, type Import, isTest, SourceTree, topOf, withoutComments } from '@coppice/testkit/tidy/source-tree';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

/**
 * Which top-level folder may import which, always by package name. From the ground up: a folder imports only what stands
 * above it here. Tests may also import what the root's package.json declares, `testkit` among it. The same graph is in ARCHITECTURE.md.
 */
const workspaces: Record<string, string[]> = {
  contract: [],
  statistics: [],
  registry: ['contract'],
  evaluation: ['contract', 'statistics'],
  mlflow: ['contract', 'registry'],
  serverkit: ['contract'],
  trainer: ['contract', 'registry', 'evaluation', 'mlflow', 'serverkit', 'statistics'],
  models: ['contract', 'registry', 'mlflow', 'serverkit'],
  gateway: ['contract', 'registry', 'serverkit', 'statistics'],
  retrainer: ['contract', 'registry', 'serverkit'],
  ui: ['contract', 'serverkit', 'statistics'],
  prometheus: ['gateway'],
  testkit: ['contract', 'registry', 'evaluation', 'serverkit', 'trainer', 'models', 'gateway'],
  scripts: [
    ...[
      'contract',
      'registry',
      'evaluation',
      'mlflow',
      'serverkit',
      'statistics',
      'trainer',
      'models',
      'gateway',
      'testkit',
    ],
  ],
  bench: ['contract', 'registry', 'serverkit', 'trainer', 'gateway', 'testkit', 'scripts'],
  e2e: [
    'contract',
    'registry',
    'evaluation',
    'mlflow',
    'serverkit',
    'statistics',
    'ui',
    'prometheus',
    'testkit',
    'scripts',
  ],
  jenkins: ['contract', 'serverkit'],
  terraform: [],
  kubernetes: ['scripts'],
};

/**
 * Which folder inside a workspace may import which other, again from the ground up. `.` is the folder itself: it puts the
 * others together, may import all of them, and none of them imports it. `*`: every folder that is not named.
 */
const rooms: Record<string, Record<string, string[]>> = {
  'gateway/src': {
    metrics: [],
    'storage/port': [],
    'storage/summaries': ['storage/port'],
    'storage/rows': ['storage/port'],
    'storage/retention': [],
    'storage/sqlite': ['storage/port', 'storage/rows', 'storage/retention', 'storage/summaries'],
    'storage/postgres': ['storage/port', 'storage/rows', 'storage/retention', 'storage/summaries'],
    'storage/worker': ['storage/port', 'storage/sqlite', 'storage/postgres'],
    storage: ['storage/port', 'storage/worker'],
    move: ['storage/port', 'storage/rows', 'storage/sqlite', 'storage/postgres', 'storage'],
    record: ['storage/port', 'storage/rows', 'storage'],
    accounting: ['metrics', 'storage/port'],
    comparison: ['storage/port', 'storage', 'accounting'],
    drift: [],
    traffic: [],
    versions: ['metrics'],
    control: ['storage/port', 'accounting', 'traffic'],
    experiments: ['metrics', 'storage', 'comparison', 'control'],
    shadow: ['metrics', 'storage/port', 'accounting', 'traffic', 'versions'],
    rollout: ['metrics', 'storage/port', 'control'],
    replay: ['storage/port', 'record', 'accounting', 'versions'],
    releases: ['metrics', 'storage', 'traffic', 'versions', 'control', 'replay'],
    predict: ['accounting', 'traffic', 'versions'],
    events: [],
    guard: [],
    queries: ['storage/rows'],
    openapi: ['queries'],
    endpoints: [
      ...[
        'events',
        'metrics',
        'storage/port',
        'record',
        'accounting',
        'drift',
        'traffic',
        'versions',
        'control',
        'shadow',
      ],
      ...['comparison', 'experiments', 'replay', 'releases', 'rollout', 'predict', 'guard', 'queries', 'openapi'],
    ],
    '.': ['*'],
  },
  'models/src': {
    metrics: [],
    model: [],
    source: ['model'],
    host: ['model', 'source'],
    endpoints: ['metrics', 'model', 'host'],
    '.': ['*'],
  },
  'trainer/src': {
    table: [],
    sampling: ['table'],
    csv: ['table'],
    look: ['table'],
    card: ['table', 'sampling'],
    forest: ['table', 'sampling'],
    prepare: ['table'],
    onnx: ['forest', 'prepare'],
    artifacts: ['table', 'card'],
    '.': ['*'],
  },
  'registry/src': {
    stores: [],
    gate: [],
    '.': ['*'],
  },
  'evaluation/src': {
    figures: [],
    draw: [],
    '.': ['*'],
  },
  'retrainer/src': {
    data: [],
    gateway: ['data'],
    triggers: [],
    job: ['data', 'gateway', 'triggers'],
    endpoints: ['triggers', 'job'],
    '.': ['*'],
  },
  'ui/src': {
    parts: [],
    charts: ['parts'],
    gateway: ['parts'],
    navigation: ['gateway'],
    usage: ['parts', 'charts', 'gateway'],
    comparison: ['parts', 'charts', 'gateway'],
    // what the Release route is made of
    rollout: ['parts', 'gateway', 'comparison'],
    traffic: ['parts', 'charts', 'gateway', 'rollout'],
    performance: ['parts', 'charts', 'gateway', 'navigation', 'comparison'],
    releases: ['parts', 'gateway', 'comparison'],
    timeline: ['parts', 'charts', 'gateway', 'navigation'],
    retraining: ['parts', 'gateway'],
    release: [
      ...['parts', 'charts', 'gateway', 'navigation', 'comparison', 'rollout', 'traffic', 'performance', 'releases'],
      'timeline',
      'retraining',
    ],
    // a feature of the page; the shell finds it by its place
    '*': ['parts', 'charts', 'gateway', 'navigation', 'usage', 'comparison'],
    shell: ['parts', 'charts', 'gateway', 'navigation', 'release', '*'],
    // every component in every state, in development only
    styleguide: ['parts', 'charts', 'gateway', 'comparison', 'rollout', 'traffic', 'releases', '*', 'shell'],
    '.': ['*', 'shell'],
  },
};

/** Code of these workspaces that lies beside the folder of a table: the page's server and build, and configuration. */
const besideRooms = [/^ui\/(server|build)\//, /\.config\.(ts|js)$/];

/** Imports that break a rule for a reason. Their number is printed and may only fall: lower the bound with it. */
const exceptions: { from: string; to: string; reason: string }[] = [];
const MOST_EXCEPTIONS = 0;

/** Folders of the gateway that know neither HTTP nor the time of day: errors are their own, clock and chance are arguments. */
const core = [
  'accounting',
  'comparison',
  'control',
  'drift',
  'events',
  'experiments',
  'predict',
  'record',
  'releases',
  'replay',
  'rollout',
  'shadow',
  'storage',
  'traffic',
  'versions',
].map((room) => `gateway/src/${room}/`);

/** Settings of a service that Compose fixes instead of passing them on, and why. */
const fixedByCompose: Record<string, Record<string, string>> = {
  gateway: {
    GATEWAY_PORT: 'the container listens on 5000; it is the published port',
    BIND_ADDRESS: 'the container listens on all addresses; it is the published address',
    DATA_DIR: 'the volume is mounted at /data',
  },
  'model-v1': {
    MODEL_DIR: 'MODEL_SOURCE may be a folder as well',
    PORT: 'the gateway finds it at 8080',
    BIND_ADDRESS: 'nothing is published',
    SHUTDOWN_GRACE: 'the default is right for containers',
    ALLOWED_HOSTS: 'nothing is published, and the names of Compose have no dot',
  },
  retrainer: {
    RETRAIN_PORT: 'the container listens on 8090; it is the published port',
    BIND_ADDRESS: 'the container listens on all addresses; it is the published address',
    GATEWAY_PORT: 'GATEWAY_URL names it',
    ARTIFACTS_DIR: 'REGISTRY_URL names the registry',
    ALLOWED_HOSTS: 'it answers to the names of Compose and of this machine',
  },
  ui: {
    UI_PORT: 'the container listens on 8501; it is the published port',
    BIND_ADDRESS: 'the container listens on all addresses; it is the published address',
    SHUTDOWN_GRACE: 'the default is right for containers',
  },
};

/** What a registry in S3 needs, in each service that reads releases. */
const s3Settings = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

const tree = new SourceTree();
const production = tree.imports.filter(({ from }) => !isTest(from));
/** Nothing is wrong: vitest shows each line that is. */
const expectNone = (wrong: Iterable<string>) => expect([...wrong].sort()).toEqual([]);

it('no import reaches into another workspace by a path', () => {
  expectNone(
    tree.imports
      .filter(({ from, specifier, to }) => specifier.startsWith('.') && to !== null && topOf(to) !== topOf(from))
      .filter(({ from, to }) => isTest(from) || mayImport(from, topOf(to as string)))
      .map(
        ({ from, specifier, to }) =>
          `${from} imports ${specifier}: import "@coppice/${topOf(to as string)}/…" by its package name, and add an export there if it has none`,
      ),
  );
});

it('every import finds its file', () => {
  expectNone(
    tree.imports
      .filter(({ from, to }) => to !== null && !tree.has(to) && (isTest(from) || mayImport(from, topOf(to))))
      .map(({ from, specifier }) => `${from} imports ${specifier}: there is no such file or export`),
  );
});

it('a workspace imports only the workspaces that the table allows it', () => {
  expectNone(
    production
      .filter(({ from, to }) => to !== null && topOf(to) in workspaces && !mayImport(from, topOf(to)))
      .filter(({ from, to }) => !exceptions.some((one) => one.from === from && one.to === to))
      .map(
        ({ from, specifier, to }) =>
          `${from} imports ${specifier}: ${topOf(from)}/ may not import ${topOf(to as string)}/; move what both need to a workspace above them in the table of tidy.test.ts`,
      ),
  );
});

it('code lies where a table knows it, and names what it imports', () => {
  expectNone([
    ...tree.files
      .filter((file) => /\.(mts|cts|cjs|tsx|jsx|js)$/.test(file) && file !== 'ui/svelte.config.js')
      .map((file) => `${file}: write TypeScript in a .ts file, which these tests read`),
    ...tree.code
      .filter((file) => Object.keys(rooms).some((root) => topOf(root) === topOf(file) && !file.startsWith(`${root}/`)))
      .filter((file) => !besideRooms.some((place) => place.test(file)))
      .map((file) => `${file} is in no table: move it below ${topOf(file)}/src`),
    ...tree.code
      .filter((file) => !isTest(file) && !file.startsWith('testkit/src/tidy/'))
      .filter((file) =>
        /\bimport\((?!\s*['"][^'"]+['"]\s*\))|\bcreateRequire\b|import\.meta\.resolve\(|import\.meta\.glob\((?!\s*['"])/.test(
          withoutComments(tree.text(file)).replaceAll(/import\.meta\.glob<[^(]*>/g, 'import.meta.glob'),
        ),
      )
      .map((file) => `${file} imports by a computed name: name the file in quotes, so that the walls hold for it too`),
    ...Object.keys(workspaces)
      .filter((name) => tree.has(`${name}/package.json`) && !['contract', 'statistics', 'testkit'].includes(name))
      .filter((name) =>
        JSON.stringify(tree.json<{ exports?: object }>(`${name}/package.json`).exports ?? {}).includes('*'),
      )
      .map((name) => `${name}/package.json exports everything: name each door`),
  ]);
});

it('a folder imports only the folders that the table allows it, and none above it', () => {
  const wrong = allowed(production).flatMap(({ from, specifier, to }) => {
    const [folder, other] = [folderOf(from), folderOf(to)];
    if (folder === other || topOf(from) !== topOf(to)) return [];
    if (folder.startsWith(`${other}/`))
      return `${from} imports ${specifier}: a folder never imports the folder that holds it; move what it needs to a folder beside it`;
    const root = Object.keys(rooms).find((name) => `${folder}/`.startsWith(`${name}/`));
    if (!root || !`${other}/`.startsWith(`${root}/`)) return [];
    const [room, target] = [roomOf(folder, root), roomOf(other, root)];
    const table = rooms[root] as Record<string, string[]>;
    const allowedHere = table[room] ?? table['*'];
    const unknown = [room, target].find((name) => !(name in table) && !('*' in table));
    if (!allowedHere || unknown !== undefined)
      return `${root}/${unknown} is in no table: give it a line in tidy.test.ts that says what it may import`;
    if (
      room === '.' ||
      room === target ||
      allowedHere.includes(target) ||
      (!(target in table) && allowedHere.includes('*'))
    )
      return [];
    return `${from} imports ${specifier}: ${room} may not import ${target} (the table in tidy.test.ts allows ${allowedHere.join(', ') || 'nothing'}): pass it in as an argument, or move what both need to a folder above them`;
  });
  expectNone(wrong);
});

it('the tables themselves point one way, and name what is there', () => {
  const tables = { '': workspaces, ...rooms };
  expectNone(
    Object.entries(tables).flatMap(([root, table]) => {
      const order = Object.keys(table);
      return Object.entries(table).flatMap(([folder, others], at) => [
        ...others
          .filter((other) => other !== '*' && !order.slice(0, at).includes(other))
          .map(
            (other) => `${root || 'workspaces'}: ${folder} imports ${other}, which must stand above it in the table`,
          ),
        ...(folder === '*' ||
        folder === '.' ||
        tree.files.some((file) => file.startsWith(`${root ? `${root}/` : ''}${folder}/`))
          ? []
          : [`${root || 'workspaces'}: there is no folder ${folder}: take its line out of tidy.test.ts`]),
      ]);
    }),
  );
});

it('there is no cycle of folders', () => {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of allowed(production))
    if (folderOf(from) !== folderOf(to)) graph.getOrInsertComputed(folderOf(from), () => new Set()).add(folderOf(to));
  expectNone(
    findCycles(graph).map(
      (cycle) =>
        `folders import each other in a circle: ${cycle.join(', ')}; move what they share to a folder of its own`,
    ),
  );
});

it('exceptions are still needed, and no more than before', () => {
  console.log(`tidy: ${exceptions.length} exceptions to the tables of imports (at most ${MOST_EXCEPTIONS})`);
  expect(exceptions.length, 'lower MOST_EXCEPTIONS with the number of exceptions, never raise it').toBe(
    MOST_EXCEPTIONS,
  );
  expectNone(
    exceptions
      .filter(({ from, to }) => !production.some((one) => one.from === from && one.to === to))
      .map(({ from, to }) => `the exception for ${from} → ${to} is needed no more: delete it`),
  );
});

it('a workspace declares the packages that it uses', () => {
  const shared = declared('package.json', 'devDependencies');
  const wrong = tree.imports.flatMap(({ from, specifier }) => {
    const [name = ''] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
    if (/^(\.|node:|virtual:)|\.(ts|mjs)$/.test(specifier) || specifier.includes('*')) return [];
    const manifest = tree.has(`${topOf(from)}/package.json`) ? `${topOf(from)}/package.json` : 'package.json';
    const workspace = /^@coppice\/(.+)$/.exec(name)?.[1];
    // said by the table of workspaces already
    if (workspace !== undefined && !isTest(from) && !mayImport(from, workspace)) return [];
    if (name === `@coppice/${topOf(from)}`)
      return `${from} imports its own workspace by name (${specifier}): import the file by its path`;
    const tool =
      isTest(from) || /\.config\.ts$|\.d\.ts$|^ui\/(src|build)\/|^prometheus\/grafana\/|^testkit\/|^e2e\//.test(from);
    const found =
      declared(manifest, 'dependencies').has(name) ||
      (tool && (declared(manifest, 'devDependencies').has(name) || shared.has(name))) ||
      (manifest === 'package.json' && shared.has(name));
    return found
      ? []
      : `${from} imports ${name}: declare it in ${manifest} (${tool ? 'devDependencies' : 'dependencies'})`;
  });
  expectNone(new Set(wrong));
  expectNone(
    Object.keys(workspaces)
      .filter((name) => tree.has(`${name}/package.json`))
      .flatMap((name) =>
        [...declared(`${name}/package.json`, 'devDependencies')]
          .filter((other) => other.startsWith('@coppice/'))
          .map(
            (other) =>
              `${name}/package.json has ${other} in devDependencies, which npm installs in images with all that it needs: declare it in the root's package.json`,
          ),
      ),
  );
});

it('every source file is used by a program, and every export by another workspace', () => {
  const { used, byTests: usedByTests } = findUsed(tree);
  const forTests = /^(testkit|e2e|prometheus\/tests|jenkins|terraform)\//;
  expectNone(
    tree.code
      .filter((file) => !isTest(file) && !/\.d\.ts$/.test(file))
      .filter((file) => !(forTests.test(file) ? usedByTests : used).has(file))
      .map((file) =>
        usedByTests.has(file)
          ? `only tests use ${file}: delete it, or move it to testkit/`
          : `nobody imports ${file}: delete it, or start it from package.json`,
      ),
  );
  expectNone(
    Object.keys(workspaces)
      .filter((name) => tree.has(`${name}/package.json`))
      .flatMap((name) =>
        Object.entries(tree.json<{ exports?: Record<string, string> }>(`${name}/package.json`).exports ?? {})
          .filter(([door]) => !door.includes('*'))
          .filter(([door]) => !tree.imports.some(({ specifier }) => specifier === `@coppice/${name}${door.slice(1)}`))
          .map(([door]) => `nobody imports @coppice/${name}${door.slice(1)}: take "${door}" out of its exports`),
      ),
  );
});

it('images hold what their programs need, and no test support', () => {
  expectNone(
    copiedButIgnored(tree).map(
      (path) => `the Dockerfile copies ${path}, which .dockerignore leaves out: give it a ! line`,
    ),
  );
  const stages = stagesOfImages(tree);
  expect(stages.map(({ name }) => name)).toEqual(expect.arrayContaining(['trainer', 'model', 'gateway', 'ui', 'page']));
  const used = new Set<string>();
  expectNone(
    stages.flatMap(({ name, files, programs }) => {
      const needed = tree.reachable(programs);
      for (const file of needed) used.add(file);
      return [...needed]
        .filter((file) => tree.code.includes(file) && !files.has(file) && !/\.config\.(ts|js)$/.test(file))
        .map(
          (file) => `the image ${name} runs ${programs[0]}, which needs ${file}: copy it in the Dockerfile, or move it`,
        );
    }),
  );
  const shipped = [...new Set(stages.flatMap(({ files }) => [...files]))];
  expectNone(
    shipped
      .filter((file) => !used.has(file) && !/\.d\.ts$/.test(file))
      .map((file) => `${file} is copied into an image and no program there uses it: delete it, or move it to testkit/`),
  );
  expectNone(
    tree.imports
      .filter(
        ({ from, specifier }) => shipped.includes(from) && /^(@coppice\/testkit|vitest|supertest)/.test(specifier),
      )
      .map(({ from, specifier }) => `${from} is copied into an image and imports ${specifier}`),
  );
});

it('the core knows neither HTTP nor the time of day', () => {
  expectNone(
    tree.code
      .filter((file) => !isTest(file) && core.some((room) => file.startsWith(room)))
      .flatMap((file) =>
        tree
          .text(file)
          .split('\n')
          .flatMap((line, i) => {
            const at = `${file}:${i + 1}`;
            if (/['"](express|node:https?)['"]|\bHttpError\b/.test(line))
              return `${at}: throw an error of its own here; gateway/src/endpoints/client-errors.ts turns it into an answer`;
            const ambient =
              /\bDate\.now\(\)|\bMath\.random\(\)|\bperformance\.now\(\)|\bnew Date\(\)|= (Date|Math|performance);/.test(
                line,
              );
            return ambient && !/\(\) => performance\.now\(\)/.test(line)
              ? `${at}: take the clock or the random numbers as an argument, with a default`
              : [];
          }),
      ),
  );
});

it('the page takes only types from shapes that compile code: Trusted Types forbid that in the browser', () => {
  const values = (file: string) => {
    const code = withoutComments(tree.text(file)).matchAll(
      /^\s*(?:import|export)\s(?!type\b)[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    );
    const named = new Set([...code].map(([, specifier]) => specifier));
    return tree.imports.filter(({ from, specifier }) => from === file && named.has(specifier));
  };
  const compiles = (file: string, seen = new Set<string>()): boolean =>
    !seen.has(file) &&
    values(file).some(
      ({ specifier, to }) => specifier === 'zod' || (to !== null && tree.has(to) && compiles(to, seen.add(file))),
    );
  expectNone(
    production
      .filter(({ from, to }) => from.startsWith('ui/src/') && to !== null && topOf(to) !== 'ui')
      .filter((one) => values(one.from).includes(one) && compiles(one.to as string))
      .map(
        ({ from, specifier }) =>
          `${from} imports a value of ${specifier}, which brings zod: write "import type", or move the value to a file of contract/ without zod`,
      ),
  );
});

it('sizes of type and colours come from ui/src/styles/tokens.css', () => {
  expectNone(
    tree.files
      .filter((file) => /^ui\/src\/.*\.(svelte|css)$/.test(file) && !file.endsWith('/tokens.css'))
      .flatMap((file) =>
        [
          ...tree
            .text(file)
            .matchAll(/\bfont-size: (?!var\(--text-|inherit)[^;]*;|: [^;{}\n]*(#[\da-f]{3,8}\b|\brgb\()[^;\n]*;/gi),
        ].map(([found]) => `${file}: "${found}": write var(--…), and add a token there if it has none`),
      ),
  );
});

it('a long file says why', () => {
  expectNone(
    tree.files
      .filter((file) => /\.(ts|svelte|mjs|css|tf|sh)$/.test(file))
      .filter((file) => tree.text(file).split('\n').length > 301)
      .filter((file) => !/over 300 lines/i.test(tree.text(file).split('\n').slice(0, 10).join('\n')))
      .map(
        (file) => `${file} has over 300 lines: part it, or say in its first lines "Over 300 lines: …" why it has them`,
      ),
  );
});

it.each([
  ['Gateway', ['gateway/src'], 'gateway'],
  ['Model server', ['models/src', 'mlflow/src/mlflow-config.ts', 'serverkit/src/no-telemetry.ts'], 'model-v1'],
  ['Page server', ['ui/server'], 'ui'],
  ['Trainer', ['trainer/src', 'mlflow/src'], null],
  // it starts the trainer, which gets its environment
  ['Retrainer', ['retrainer/src', 'mlflow/src'], 'retrainer'],
] as const)('settings of the %s are read, documented and passed on by Compose alike', (heading, folders, service) => {
  const read = settingsRead(tree, ...folders);
  const documented = settingsDocumented(tree, heading);
  // read by the ONNX Runtime and by the AWS SDK themselves
  const foreign = new Set(['ORT_DISABLE_TELEMETRY', ...s3Settings]);
  expectNone(
    [...read]
      .filter((name) => !documented.has(name))
      .map((name) => `${name} is read in ${folders[0]} and missing in docs/settings.md (${heading}): add a line there`),
  );
  expectNone(
    [...documented]
      .filter((name) => !read.has(name) && !foreign.has(name))
      .map(
        (name) => `${name} is in docs/settings.md (${heading}) and nothing in ${folders[0]} reads it: delete the line`,
      ),
  );
  if (service === null) return;
  const passed = new Set(Object.keys(compose().services[service]?.environment ?? {}).map(numbered));
  const fixed = fixedByCompose[service] ?? {};
  expectNone(
    [...read]
      .filter((name) => !passed.has(name) && !(name in fixed) && !foreign.has(name))
      .map(
        (name) =>
          `${name} cannot be set under Compose: add it to ${service} in docker-compose.yml, or to fixedByCompose with the reason`,
      ),
  );
  expectNone(
    [...passed]
      .filter((name) => !read.has(name) && !foreign.has(name))
      .map((name) => `docker-compose.yml passes ${name} to ${service}, which does not read it: delete it there`),
  );
  expectNone(
    Object.keys(fixed)
      .filter((name) => passed.has(name) && service !== 'gateway')
      .map((name) => `${name} is passed on by Compose: take it out of fixedByCompose`),
  );
});

it('all versions of the model server get the same settings from Compose, and no server reads one of its own', () => {
  const environments = Object.entries(compose().services)
    .filter(([name]) => name.startsWith('model-'))
    .map(([, { environment = {} }]) => Object.keys(environment).sort());
  expect(environments.length).toBeGreaterThan(1);
  expect(new Set(environments.map(String)).size, 'give model-v1, model-v2, … the same settings').toBe(1);
  // each service reads its own in its config file, where the test above sees it
  expectNone(
    [...settingsRead(tree, 'serverkit/src', 'contract/src', 'statistics/src')]
      .filter((name) => name !== 'ORT_DISABLE_TELEMETRY')
      .map((name) => `${name} is read in a shared workspace: read it in the service's own config file`),
  );
});

it('only serverkit/src/address.ts writes host and port into a URL, so that an IPv6 address gets its brackets', () => {
  expectNone(
    tree.code
      .filter((file) => !isTest(file) && file !== 'serverkit/src/address.ts')
      .filter((file) => /:\/\/\$\{/.test(withoutComments(tree.text(file))))
      .map((file) => `${file} glues a URL from its parts: use httpUrl of @coppice/serverkit`),
  );
  expectNone(
    Object.entries(compose().services)
      .filter(([, { ports = [] }]) => ports.some((port) => typeof port === 'string'))
      .map(([name]) => `${name} in docker-compose.yml publishes a port as text: write host_ip, published and target`),
  );
});

it('variables of Compose and settings of the README are documented', () => {
  const documented = settingsDocumented(tree);
  const variables = new Set(
    [
      ...tree
        .text('docker-compose.yml')
        .replaceAll(/^\s*#.*$/gm, '')
        .matchAll(/\$\{([A-Z][A-Z0-9_]+)/g),
    ].map(([, name]) => numbered(name as string)),
  );
  expectNone(
    [...variables]
      .filter((name) => !documented.has(name))
      .map((name) => `docker-compose.yml uses ${name}, which docs/settings.md does not name: add a line there`),
  );
  expectNone(
    [...settingsDocumented(tree, 'Docker Compose')]
      .filter((name) => !variables.has(name) && !/^ALERTMANAGER_(CONFIG|TARGETS|ADDRESS)$/.test(name))
      .map(
        (name) =>
          `docs/settings.md (Docker Compose) names ${name}, which docker-compose.yml does not use: delete the line`,
      ),
  );
  const readme = [...tree.text('README.md').matchAll(/^\| (`[A-Z][^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Z][A-Z0-9_<>n]+)`/g)].map(([, name]) => numbered(name as string)),
  );
  expect(readme.length).toBeGreaterThan(10);
  expectNone(
    readme
      .filter((name) => !documented.has(name))
      .map((name) => `README.md names ${name}, which docs/settings.md does not`),
  );
});

it('every metric is in docs/monitoring.md', () => {
  const ofModels = [...tree.text('models/src/metrics/model-metrics.ts').matchAll(/name: '([a-z_]+)'/g)].map(
    ([, name]) => name as string,
  );
  expect(ofModels.length).toBeGreaterThan(3);
  const docs = tree.text('docs/monitoring.md');
  expectNone(
    [...Object.values(METRICS), ...ofModels]
      .filter((name) => !docs.includes(`\`${name}`))
      .map((name) => `docs/monitoring.md does not name the metric ${name}: add it to the table there`),
  );
});

it('the graph in ARCHITECTURE.md is the table of workspaces', () => {
  const [, graph = ''] = /```mermaid\n([\s\S]*?)```/.exec(tree.text('ARCHITECTURE.md')) ?? [];
  const drawn = [...graph.matchAll(/^\s*(\w+) --> ([\w &]+)$/gm)].flatMap(([, from, to = '']) =>
    to.split('&').map((one) => `${from} --> ${one.trim()}`),
  );
  const wanted = Object.entries(workspaces).flatMap(([from, others]) => others.map((to) => `${from} --> ${to}`));
  expect(drawn.toSorted(), 'draw in ARCHITECTURE.md what the table of tidy.test.ts says').toEqual(wanted.toSorted());
});

it('links and paths in the docs find their files', () => {
  const docs = tree.files.filter((file) => file.endsWith('.md'));
  expectNone(
    docs.flatMap((file) =>
      [...tree.text(file).matchAll(/\]\(([^)\s#:]+)(?:#[^)]*)?\)/g)]
        .map(([, link = '']) => normalize(join(folderOf(file), link)).replace(/\/$/, ''))
        .filter((target) => !tree.has(target) && !tree.files.some((known) => known.startsWith(`${target}/`)))
        .map((target) => `${file} links to ${target}, which is not there`),
    ),
  );
  const named = [...tree.text('ARCHITECTURE.md').matchAll(/`([\w/.-]+\.(?:ts|yml|md))`/g)].map(
    ([, path]) => path as string,
  );
  expect(named.length).toBeGreaterThan(30);
  expectNone(
    named
      .filter((path) => !tree.files.some((file) => file === path || file.endsWith(`/${path}`)))
      .map((path) => `ARCHITECTURE.md names ${path}, which is not there`),
  );
});

/** Imports between files of this repository, those with an exception left out. */
function allowed(imports: readonly Import[]): (Import & { to: string })[] {
  return imports.filter(
    (one): one is Import & { to: string } =>
      one.to !== null &&
      tree.code.includes(one.to) &&
      !exceptions.some(({ from, to }) => from === one.from && to === one.to),
  );
}

/** Whether the table of workspaces allows a file to import from a top-level folder. */
function mayImport(from: string, workspace: string): boolean {
  return topOf(from) === workspace || (workspaces[topOf(from)]?.includes(workspace) ?? false);
}

/** The line of a table that a folder falls under: its own, or that of its top folder when the table parts that no further. */
function roomOf(folder: string, root: string): string {
  const room = folder === root ? '.' : folder.slice(root.length + 1);
  const table = rooms[root] as Record<string, string[]>;
  const top = room.split('/')[0] as string;
  return room in table || Object.keys(table).some((name) => name.startsWith(`${top}/`)) ? room : top;
}

function declared(manifest: string, kind: 'dependencies' | 'devDependencies'): Set<string> {
  return new Set(Object.keys(tree.json<Record<string, Record<string, string> | undefined>>(manifest)[kind] ?? {}));
}

type ComposeService = { environment?: Record<string, string>; ports?: unknown[] };

function compose(): { services: Record<string, ComposeService> } {
  return parse(tree.text('docker-compose.yml'), { merge: true });
}

/** `MODEL_V1_URL` falls under `MODEL_V<n>_URL`. */
function numbered(name: string): string {
  return name.replace(/^MODEL_V\d+_/, 'MODEL_V<n>_');
}
