/** Asks until the answer is neither false nor nothing nor an error. Throws after `seconds`, with the last error and `more`. */
export async function eventually<T>(
  ask: () => Promise<T | false | null | undefined>,
  more: () => string = () => '',
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`not so within ${seconds} s. ${more()}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
