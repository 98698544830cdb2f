import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { printable } from '@coppice/serverkit';
import { judgeAudit } from './audit/judge-audit.ts';

const help = `Ask the package registry for known vulnerabilities in the packages of the images.

  npm run audit [-- --level high] [--required]

  --level      lowest severity that fails: low, moderate, high (default) or critical; AUDIT_LEVEL sets it too
  --required   fail when the registry's audit cannot be reached (AUDIT=required); default: warn
  --help       this text
`;

const { values } = parseArgs({
  options: {
    level: { type: 'string', default: process.env.AUDIT_LEVEL || 'high' },
    required: { type: 'boolean', default: process.env.AUDIT === 'required' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) process.stdout.write(help);
else {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { stdout, error } = spawnSync(npm, ['audit', '--json', '--omit=dev', '--omit=optional'], {
    encoding: 'utf8',
    timeout: 60_000,
    shell: process.platform === 'win32',
  });
  const { passed, message } = judgeAudit(error ? '' : stdout, values);
  console.log(printable(message));
  if (!passed) process.exitCode = 1;
}
