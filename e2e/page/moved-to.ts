/** An answer with all of its times moved by as much as `then` is before `now` (milliseconds): what is written for one day looks recent. */
export function movedTo<T>(answer: T, then: string, now: number): T {
  const by = now - Date.parse(then);
  const text = JSON.stringify(answer).replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, (time) =>
    JSON.stringify(new Date(Date.parse(JSON.parse(time)) + by).toISOString()),
  );
  return JSON.parse(text) as T;
}
