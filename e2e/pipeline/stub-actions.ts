import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@coppice/testkit/programs/run-command';

/**
 * What stands in for the actions that need GitHub or download something: the commands of a composite action. act itself
 * leaves out the checkout, since the files are there.
 */
const commands: Record<string, string> = {
  'actions/setup-node': `ln -sfn "$PACKAGES" node_modules`,
  'actions/setup-java': 'true',
  'hashicorp/setup-terraform': 'true',
  'actions/upload-artifact': `mkdir -p "$ARTIFACTS" && cp -r reports/. "$ARTIFACTS"`,
  'actions/download-artifact': `mkdir -p reports && cp -r "$ARTIFACTS/." reports`,
  'aws-actions/configure-aws-credentials': `echo "role $INPUT_ROLE_TO_ASSUME" >>"$CALLS" && printf '%s\\n' "AWS_ACCESS_KEY_ID=$ROLE_KEY" "AWS_SECRET_ACCESS_KEY=$ROLE_SECRET" >>"$GITHUB_ENV"`,
  'azure/setup-helm': `echo "helm $INPUT_VERSION" >>"$CALLS"`,
  'aquasecurity/setup-trivy': `echo "trivy $INPUT_VERSION" >>"$CALLS"`,
};

/** Writes the stand-ins below a folder. Returns act's options that put them in the place of each action that a workflow uses. */
export function writeStubActions(folder: string): string[] {
  const used = new Set(
    globSync('.github/workflows/*.yml', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40})/g)].map(
        ([, action, commit]) => `${action}@${commit}`,
      ),
    ),
  );
  return [...used]
    .filter((action) => !action.startsWith('actions/checkout@'))
    .flatMap((action) => {
      const [name = ''] = action.split('@');
      const command = commands[name];
      if (command === undefined) throw new Error(`${name} has no stand-in: add one to stub-actions.ts`);
      const place = join(folder, name);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'action.yml'), describe(name, command));
      return ['--local-repository', `${action}=${place}`];
    });
}

/** JSON is YAML. */
function describe(name: string, command: string): string {
  const inputs = { 'role-to-assume': { default: '' }, version: { default: '' } };
  const step = {
    run: command,
    shell: 'bash',
    env: { INPUT_ROLE_TO_ASSUME: expression('inputs.role-to-assume'), INPUT_VERSION: expression('inputs.version') },
  };
  return JSON.stringify({ name, inputs, runs: { using: 'composite', steps: [step] } });
}

const expression = (text: string) => `$\{{ ${text} }}`;
