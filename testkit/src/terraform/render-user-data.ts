import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../programs/run-command.ts';

/** Variables that `host.tf` passes to the template. */
export type UserData = {
  name: string;
  region: string;
  data_volume_id: string;
  release_url: string;
  release_sha256: string;
  registry: string;
  ecr_pull: boolean;
  image_tag: string;
  weights: Record<string, number>;
  domain: string;
  admin_token_parameter: string;
  api_keys_parameter: string;
  compose_version: string;
  buildx_version: string;
};

/** The first-boot script as Terraform renders it, without providers or state. */
export function renderUserData(values: UserData): string {
  const empty = mkdtempSync(join(tmpdir(), 'coppice-render-'));
  const template = JSON.stringify(join(root, 'terraform/host/user-data.sh.tftpl'));
  try {
    const { status, stdout, stderr } = spawnSync('terraform', ['console'], {
      cwd: empty,
      encoding: 'utf8',
      input: `base64encode(templatefile(${template}, ${JSON.stringify(values)}))\n`,
    });
    if (status !== 0) throw new Error(`the template cannot be rendered: ${stderr}`);
    return Buffer.from(stdout.trim().replaceAll('"', ''), 'base64').toString('utf8');
  } finally {
    rmSync(empty, { recursive: true });
  }
}
