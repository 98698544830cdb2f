import { readFileSync } from 'node:fs';
import { type GateRule, GateSyntaxError, parseGate } from '@coppice/registry/gate/parse-gate';
import { ConfigError, envChoice } from '@coppice/serverkit';

type Env = Record<string, string | undefined>;

/** What a release must pass before it gets live traffic. */
export type GateConfig = {
  on: boolean;
  approval: 'person' | 'auto';
  /** In the order of the file; none: only the approval counts. */
  rules: readonly GateRule[];
  /** Where the releases are, a folder or `s3://bucket/prefix`; null: nowhere, and the gate is off. */
  registry: string | null;
};

/** Reads the gate and its file. Throws `ConfigError`, which names the file and the line. */
export function readGateConfig(env: Env): GateConfig {
  const on = envChoice(env, 'GATE', ['on', 'off'], 'off') === 'on';
  const approval = envChoice(env, 'GATE_APPROVAL', ['person', 'auto'], 'person');
  const file = env.GATE_FILE?.trim() ?? '';
  // a file that is wrong is found at once, not on the day that the gate is switched on
  const rules = file === '' ? [] : readGateFile(file);
  const registry = env.REGISTRY_URL?.trim() || null;
  if (on && registry === null)
    throw new ConfigError('GATE=on is not allowed without REGISTRY_URL: the registry has what the gate judges by');
  return { on, approval, rules, registry };
}

/** The conditions of a file that the setting or option `name` names. Throws `ConfigError`. */
export function readGateFile(file: string, name = 'GATE_FILE'): GateRule[] {
  const refuse = (why: string, cause?: unknown) => new ConfigError(`${name}=${file} is not allowed: ${why}`, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name}=${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
  try {
    const rules = parseGate(text);
    if (rules.length === 0) throw refuse('it has no line with a condition; without a file only the approval counts');
    return rules;
  } catch (error) {
    if (error instanceof GateSyntaxError) throw refuse(error.message, error);
    throw error;
  }
}
