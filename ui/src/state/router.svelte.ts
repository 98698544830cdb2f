import { formatPlace, type Place, parsePlace } from '../lib/route.ts';

class Router {
  place = $state.raw<Place>(parsePlace(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.place = parsePlace(location.hash);
    });
  }

  /** Replaces the parameters of this place without a new entry in the browser's history. */
  setParameters(parameters: Record<string, string>): void {
    const hash = formatPlace(this.place.name, parameters);
    if (hash === location.hash) return;
    history.replaceState(null, '', hash);
    this.place = parsePlace(hash);
  }
}

export const router = new Router();
