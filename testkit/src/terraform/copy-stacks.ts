import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, root } from '../programs/run-command.ts';
import { ensureTerraform } from './ensure-terraform.ts';

/** The path of a copy of `terraform/`, so that no provider, lock file or state is left in the checkout. */
export function copyStacks(): string {
  ensureTerraform();
  const copy = mkdtempSync(join(tmpdir(), 'coppice-terraform-'));
  cpSync(join(root, 'terraform'), copy, { recursive: true, filter: (from) => !from.includes('.terraform') });
  return copy;
}

/** Gives a stack its providers, from this disk where they are there. Throws with Terraform's words if there are none. */
export async function initStack(folder: string): Promise<void> {
  const ready = join(root, '../shared/tools/terraform-ready');
  const onDisk = existsSync(ready)
    ? spawnSync(ready, { encoding: 'utf8' }).stdout.trim().split('\n').filter(Boolean)
    : [];
  const args = ['init', '-backend=false', '-input=false', '-no-color', ...onDisk];
  const { status, output } = await attempt('terraform', args, {}, folder);
  if (status !== 0)
    throw new Error(`the AWS provider is neither on this disk nor available from the registry:\n${output}`);
}
