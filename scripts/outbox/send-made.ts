import type { Outbox } from '@coppice/mlflow/outbox';
import { printable } from '@coppice/serverkit/printable';

/** `sendToMlflow` with its lines on standard error; does nothing without an MLflow. */
export async function sendMade(
  outbox: Outbox | null,
  place: string,
  releases: { model: string; made: number },
): Promise<void> {
  if (!outbox) return;
  // who has no MLflow does not wait for its client
  const { sendToMlflow } = await import('@coppice/mlflow/send-to-mlflow');
  await sendToMlflow(outbox, place, releases, (line) => console.error(printable(line)));
}
