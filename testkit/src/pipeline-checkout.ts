import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attempt, root, run } from './programs/run-command.ts';

type Env = Record<string, string | undefined>;
type Result = { status: number | null; output: string };

/** A clone of this working tree, as a user has it, in a temporary folder with the packages of this one. */
export class PipelineCheckout {
  readonly folder: string;
  readonly #env: Env;

  /** What Git knows or would add of this working tree, committed in a repository of its own. */
  static async create(env: Env = {}): Promise<PipelineCheckout> {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-pipeline-'));
    const files = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
    for (const file of files.split('\0').filter(Boolean)) {
      mkdirSync(join(folder, 'origin', dirname(file)), { recursive: true });
      // one that was deleted and is not committed yet is left out
      await attempt('cp', ['-P', join(root, file), join(folder, 'origin', file)]);
    }
    const origin = new PipelineCheckout(join(folder, 'origin'), env);
    await origin.git('init', '--quiet', '--initial-branch', 'main');
    await origin.commit('the working tree');
    const clone = await origin.clone(join(folder, 'clone'));
    return clone;
  }

  private constructor(folder: string, env: Env) {
    this.folder = folder;
    this.#env = env;
  }

  async clone(folder = `${this.folder}-of-a-colleague`): Promise<PipelineCheckout> {
    await run('git', ['clone', '--quiet', this.folder, folder]);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
    return new PipelineCheckout(folder, this.#env);
  }

  git(...args: string[]): Promise<string> {
    return run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {}, this.folder);
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  /** `npm run pipeline -- …` by its program. */
  dvc(...args: string[]): Promise<Result> {
    return attempt(process.execPath, ['scripts/pipeline.ts', ...args], this.#env, this.folder);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, 'pipeline', file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, 'pipeline', file), text);
  }

  /** Replaces a piece of params.yaml. */
  set(from: string, to: string): void {
    const text = this.read('params.yaml');
    if (!text.includes(from)) throw new Error(`params.yaml has no ${from}`);
    this.write('params.yaml', text.replace(from, to));
  }

  copy(file: string, to: string): void {
    cpSync(join(root, file), join(this.folder, 'pipeline', to));
  }

  /** Removes it with all of its clones. */
  remove(): void {
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}

/** The stages that a `dvc repro` ran, by its output. */
export function stagesRun(output: string): string[] {
  return [...output.matchAll(/^Running stage '(\w+)'/gm)].map(([, name = '']) => name);
}
