import { has } from '../programs/ensure-program.ts';
import { InstallError } from '../programs/install-error.ts';

/** Sees to it that Terraform is on PATH. No distribution packages it, so it is not installed here. Throws `InstallError`. */
export function ensureTerraform(): void {
  if (!has('terraform'))
    throw new InstallError(
      'terraform is missing: install 1.9 or newer from https://developer.hashicorp.com/terraform/install',
    );
}
