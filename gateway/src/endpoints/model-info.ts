import { HttpError } from '@coppice/serverkit';
import { Router } from 'express';
import type { ModelCatalog } from '../versions/model-catalog.ts';

type Deps = { catalog: Pick<ModelCatalog, 'require' | 'card'>; versions: readonly string[] };

/** `GET /model-info[?version=v2]`: the model card of one version; of the first that has one when none is named. */
export function modelInfoRoutes({ catalog, versions }: Deps): Router {
  return Router().get('/model-info', (req, res) => {
    const { version } = req.query;
    if (version !== undefined && !(typeof version === 'string' && versions.includes(version)))
      throw new HttpError(400, `version must be one of ${versions.join(', ')}.`);
    const card = version === undefined ? firstCard() : catalog.card(version);
    if (!card) {
      catalog.require();
      throw new HttpError(
        404,
        version ? `Version ${version} has shown no model card yet.` : 'No version has a model card.',
      );
    }
    res.json(card);
  });

  function firstCard() {
    for (const name of versions) {
      const card = catalog.card(name);
      if (card) return card;
    }
    return null;
  }
}
