import { has } from '../../e2e/infra/tools.ts';
import { SetupError } from '../../scripts/setup/setup-error.ts';

/** Sees to it that Terraform is on PATH. No distribution packages it, so it is not installed here. Throws `SetupError`. */
export function ensureTerraform(): void {
  if (!has('terraform'))
    throw new SetupError(
      'terraform is missing: install 1.9 or newer from https://developer.hashicorp.com/terraform/install',
    );
}
