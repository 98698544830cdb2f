import { printable } from '@coppice/serverkit';

const key = process.env.API_KEY;

/** Fetches with the API key, if there is one, within 5 s. Throws with the address and the answer unless it is 2xx. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const shown = url.replace(/\/\/.*@/, '//***@');
  if (key) headers.set('x-api-key', key);
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Error(`${shown}: ${(cause as { code?: string } | undefined)?.code ?? message.replace(url, shown)}`, {
      cause: error,
    });
  }
  if (answer.ok) return answer;
  throw new Error(`${shown} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
}

export async function askJson<T>(url: string, init?: RequestInit): Promise<T> {
  return (await ask(url, init)).json() as Promise<T>;
}

/** Retries for `seconds`, then throws the last error. */
export async function eventually<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** A setting from the stage script. */
export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Runs a check; a failure is one line and status 1. */
export async function runCheck(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    console.error(printable((error as Error).message));
    process.exitCode = 1;
  }
}
