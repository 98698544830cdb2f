import { printable } from '@coppice/serverkit';

/** Prints a command's result; an error is one line and status 1. */
export async function runCommand(name: string, help: string, command: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(await command());
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    console.error(`${name}: ${printable(message)}`);
    if (code?.startsWith('ERR_PARSE_ARGS')) console.error(help);
    process.exitCode = 1;
  }
}
