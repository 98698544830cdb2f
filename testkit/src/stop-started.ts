/** Stops each of these servers once it runs. One that does not start needs no stop, and keeps none of the others from it. */
export async function stopStarted(starting: readonly Promise<{ stop(): unknown }>[]): Promise<void> {
  for (const start of await Promise.allSettled(starting)) if (start.status === 'fulfilled') await start.value.stop();
}
