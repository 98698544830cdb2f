import { type Problem, type RolloutReport, rolloutReport } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';

/** The gateway refused, in one line. */
export class RefusedError extends Error {}
/** The gateway did not answer, or not as one: it may be starting, or its database busy. */
export class UnreachableError extends Error {}

/** A request below `/rollout` of a gateway; with a body a POST. Throws `RefusedError` and `UnreachableError`. */
export async function askRollout(
  gateway: string,
  path: string,
  { token, body, timeoutMs = 30_000 }: { token: string | undefined; body?: unknown; timeoutMs?: number },
): Promise<RolloutReport> {
  const answer = await fetch(`${gateway}/rollout${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: Error & { cause?: { code?: string } }) => {
    if (cause.name === 'TimeoutError')
      throw new UnreachableError(
        `the gateway at ${withoutPassword(gateway)} does not answer${body === undefined ? '' : '; it may still do what was asked: npm run rollout -- status'}`,
        { cause },
      );
    const why = withoutPassword(cause.cause?.code ?? cause.message);
    throw new UnreachableError(`the gateway at ${withoutPassword(gateway)} cannot be reached: ${why}`, { cause });
  });
  const read: unknown = await answer.json().catch(() => undefined);
  const detail = (read as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`;
  if (answer.status === 401)
    throw new RefusedError(
      `${detail} Under Docker Compose: ADMIN_TOKEN=$(docker compose exec -T gateway cat /data/admin-token) npm run rollout -- …`,
    );
  if (answer.status >= 500) throw new UnreachableError(detail);
  if (!answer.ok) throw new RefusedError(detail);
  const report = rolloutReport.safeParse(read);
  if (!report.success) throw new RefusedError(`the server at ${withoutPassword(gateway)} has no rollouts`);
  return report.data;
}
