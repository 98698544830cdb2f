import { has } from '../programs/ensure-program.ts';
import { InstallError } from '../programs/install-error.ts';

/** Checks that Terraform is on PATH. No distribution packages it, so this cannot install it. Throws `InstallError`. */
export function ensureTerraform(): void {
  if (!has('terraform'))
    throw new InstallError(
      'terraform is missing: install 1.9 or newer from https://developer.hashicorp.com/terraform/install',
    );
}
