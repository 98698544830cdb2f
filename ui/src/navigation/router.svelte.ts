import { session } from '../gateway/session.svelte.ts';
import { formatPlace, movedHash, type Place, parsePlace, tokenOfHash } from './place.ts';

class Router {
  place = $state.raw<Place>(readAddress());

  constructor() {
    addEventListener('hashchange', () => {
      this.place = readAddress();
    });
  }

  /** Changes these parameters and keeps the others. */
  changeParameters(change: Record<string, string | null>): void {
    this.setParameters({ ...Object.fromEntries(this.place.parameters), ...change });
  }

  /** Replaces the parameters of this place without a new entry in the browser's history. */
  setParameters(parameters: Record<string, string | null>): void {
    const hash = formatPlace(this.place.route.name, parameters);
    // the visitor is on the way to another route, which the event has not said yet: that must not be undone
    const leaves = parsePlace(location.hash).route !== this.place.route;
    if (leaves || hash === location.hash) return;
    history.replaceState(null, '', hash);
    this.place = parsePlace(hash);
  }
}

/**
 * Reads the address; takes a token in it, as in the link that the gateway logs, and removes it from the history. The address of
 * a former route becomes that of the route which has its parts.
 */
function readAddress(): Place {
  const token = tokenOfHash(location.hash);
  if (token) {
    history.replaceState(null, '', formatPlace('release'));
    void session.takeToken(token);
  }
  const moved = movedHash(location.hash);
  if (moved) history.replaceState(null, '', moved);
  return parsePlace(location.hash);
}

// a link's token comes before the one of before a reload
if (!tokenOfHash(location.hash)) session.resume();
export const router = new Router();
