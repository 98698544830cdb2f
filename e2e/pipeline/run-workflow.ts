import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAct } from '@coppice/testkit/programs/ensure-act';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { writeStubActions } from './stub-actions.ts';

type Values = Record<string, string>;
export type Event = {
  workflow: string;
  on: 'push' | 'workflow_dispatch';
  /** Of a push. */
  message?: string;
  ref?: string;
  inputs?: Values;
  vars?: Values;
  secrets?: Values;
  env?: Values;
};
export type Ran = {
  /** Result of each job that ran. */
  jobs: Values;
  /** Result of each step that ran, by its name or command. */
  steps: Map<string, string>;
  /** Markdown of the summaries. */
  summary: string;
  /** What the stages, stand-ins and programs were called with, in order. */
  calls: string[];
  output: string;
};

/** A copy of the checkout, without what Git ignores, in which act runs the workflows. */
export class WorkflowRunner {
  readonly folder = mkdtempSync(join(tmpdir(), 'coppice-workflows-'));
  readonly checkout = join(this.folder, 'checkout');
  readonly #calls = join(this.folder, 'calls');
  #stubs: string[] = [];

  /** `of`: only what is below these paths; without them everything. */
  async start(...of: string[]): Promise<void> {
    mkdirSync(this.checkout);
    const copy = `git -C ${root} ls-files -z -co --exclude-standard -- ${of.join(' ')} | tar -C ${root} --null --files-from - --ignore-failed-read -c | tar -x -C ${this.checkout}`;
    await run('bash', ['-c', copy]);
    await run('git', ['init', '-q', '-b', 'main', this.checkout]);
    await run('git', ['-C', this.checkout, 'add', '--all']);
    const by = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    await run('git', ['-C', this.checkout, ...by, 'commit', '-q', '-m', 'All files']);
    mkdirSync(join(this.folder, 'bin'));
    this.#stubs = writeStubActions(join(this.folder, 'actions'));
  }

  stop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A program in front of all others. It finds the file for `calls` in CALLS. */
  program(name: string, script: string): void {
    const file = join(this.folder, 'bin', name);
    writeFileSync(file, `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /**
   * Every stage script and these programs only write their names to `calls`; the one that FAILING names fails. Build leaves
   * what later steps pack.
   */
  standInForStages(...programs: string[]): void {
    const stages = join(this.checkout, 'jenkins/stages');
    const say = (name: string) => `echo "${name} $*" | xargs >>"$CALLS"; [ "${name}" != "$FAILING" ]`;
    const build =
      'mkdir -p reports/sbom; touch reports/models.tar.gz "reports/coppice-$TAG.tgz"; echo acme/gateway:1 1MB >reports/images.txt';
    for (const file of readdirSync(stages))
      writeFileSync(join(stages, file), `#!/bin/sh\n${build}\n${say(file.replace('.sh', ''))}\n`);
    for (const program of programs) this.program(program, say(program));
  }

  async run({
    workflow,
    on,
    message = '',
    ref = 'refs/heads/main',
    inputs = {},
    vars = {},
    secrets = {},
    env = {},
  }: Event): Promise<Ran> {
    const act = await ensureAct();
    const event = join(this.folder, 'event.json');
    writeFileSync(
      event,
      JSON.stringify({ ref, inputs, head_commit: { message }, repository: { owner: { login: 'Acme' } } }),
    );
    writeFileSync(this.#calls, '');
    const given = (option: string, values: Values) =>
      Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
    const { output } = await attempt(
      act,
      [
        ...[on, '--workflows', `.github/workflows/${workflow}`, '--eventpath', event, '--json'],
        ...['--platform', 'ubuntu-24.04=-self-hosted', '--no-cache-server', '--concurrent-jobs', '1', ...this.#stubs],
        ...[
          ...given('--var', vars),
          ...given('--secret', { GITHUB_TOKEN: 'none', ...secrets }),
          ...given('--input', inputs),
        ],
      ],
      {
        ...{
          XDG_CACHE_HOME: join(this.folder, 'cache'),
          CALLS: this.#calls,
          ARTIFACTS: join(this.folder, 'artifacts'),
        },
        ...{ PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`, PACKAGES: join(root, 'node_modules') },
        ...{ CI: undefined, REPORTS: undefined, ...env },
      },
      this.checkout,
    );
    return {
      ...readLog(output),
      calls: readFileSync(this.#calls, 'utf8').trim().split(/\s*\n/).filter(Boolean),
      output,
    };
  }
}

/** act's log: a JSON object a line. */
function readLog(output: string): Pick<Ran, 'jobs' | 'steps' | 'summary'> {
  const jobs: Values = {};
  let summary = '';
  const steps = new Map<string, string>();
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { jobID, jobResult, stage, step, stepResult, command, content } = JSON.parse(line) as Values;
    if (command === 'summary') summary += content;
    if (jobID && jobResult) jobs[jobID] = jobResult;
    if (stage === 'Main' && step && stepResult) steps.set(step, stepResult);
  }
  return { jobs, steps, summary };
}
