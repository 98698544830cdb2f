const FIRST_MS = 1000;
const MOST_MS = 30_000;
/** A script that is missing for good must not reload the page again and again. */
const REST_MS = 60_000;
const STORED = `coppice-healed ${location.pathname}`;

/**
 * Loads the page anew once its server answers again: a browser does not ask again for a script that has failed, and after an update
 * it has another name. Not while a dialog is open, and at most once a minute. The function that it returns stops it.
 */
export function healByReload(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let pause = FIRST_MS;
  let stopped = false;
  const look = async () => {
    clearTimeout(timer);
    const answers = await fetch('./', { method: 'HEAD', cache: 'no-store' }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (stopped) return;
    if (answers && !document.querySelector('dialog[open]') && takeTurn()) location.reload();
    pause = Math.min(MOST_MS, pause * 2);
    timer = setTimeout(look, pause);
  };
  timer = setTimeout(look, pause);
  addEventListener('online', look);
  return () => {
    stopped = true;
    clearTimeout(timer);
    removeEventListener('online', look);
  };
}

/** False without storage, too: then the visitor has the button. */
function takeTurn(): boolean {
  try {
    if (Date.now() - Number(sessionStorage.getItem(STORED)) < REST_MS) return false;
    sessionStorage.setItem(STORED, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}
