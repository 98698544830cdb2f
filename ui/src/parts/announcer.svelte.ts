const SETTLE_MS = 1000;

/** The text of the page's one live region: announced once it has not changed for a second. */
class Announcer {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  settle(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.text = text;
    }, SETTLE_MS);
  }
}

export const announcer = new Announcer();
