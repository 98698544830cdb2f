import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePython } from '@coppice/testkit/programs/ensure-python';
import { root, run } from '@coppice/testkit/programs/run-command';

type Notebook = { cells: { outputs?: { text?: string[]; data?: Record<string, string[]> }[] }[] };

/** The packages of the notebooks' image, with their markers, as pip takes them. */
const packages = () =>
  readFileSync(join(root, 'notebook/requirements.lock'), 'utf8')
    .split('\n')
    .flatMap((line) => /^(\S+==\S+(?: ; .+?)?) \\$/.exec(line)?.[1] ?? []);

/** A copy of the notebooks in a folder of its own, executed with `env` by the packages that the image has. */
export async function openNotebooks(env: Record<string, string>) {
  const bin = await ensurePython([...packages(), '--no-deps']);
  const folder = mkdtempSync(join(tmpdir(), 'coppice-notebook-'));
  cpSync(join(root, 'notebook'), folder, { recursive: true });
  const places = ['HOME', 'JUPYTER_CONFIG_DIR', 'JUPYTER_RUNTIME_DIR', 'IPYTHONDIR', 'MPLCONFIGDIR'];
  const own = Object.fromEntries(places.map((name) => [name, join(folder, '.home')]));
  return {
    folder,
    has: (file: string) => (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0) > 0,
    /** Runs all cells from top to bottom, and returns what they show as text. Throws for a cell that fails. */
    async execute(name: string): Promise<string> {
      const convert = ['nbconvert', '--to', 'notebook', '--execute', '--output', `ran-${name}`, `${name}.ipynb`];
      // a cell that waits for a person would wait for an hour
      const bounded = ['300', join(bin, 'jupyter'), ...convert];
      await run('timeout', bounded, { ...own, MLFLOW_DISABLE_TELEMETRY: 'true', ...env }, folder);
      return shownText(readFileSync(join(folder, `ran-${name}.ipynb`), 'utf8'));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What the cells of an executed notebook show: printed lines and tables as text. */
export function shownText(json: string): string {
  const { cells } = JSON.parse(json) as Notebook;
  const outputs = cells.flatMap(({ outputs = [] }) => outputs);
  return outputs.map(({ text, data }) => (text ?? data?.['text/plain'] ?? []).join('')).join('\n');
}
