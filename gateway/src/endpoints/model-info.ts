import { HttpError } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { ModelCatalog } from '../versions/model-catalog.ts';

type Deps = {
  catalog: Pick<ModelCatalog, 'require' | 'card' | 'shape'>;
  versions: readonly string[];
  apiKey: readonly RequestHandler[];
};

/** `GET /model-info[?version=v2]`: the model card of a version. Default: that of the fleet. */
export function modelInfoRoutes({ catalog, versions, apiKey }: Deps): Router {
  return Router().get('/model-info', ...apiKey, (req, res) => {
    const { version } = req.query;
    if (version !== undefined && !(typeof version === 'string' && versions.includes(version)))
      throw new HttpError(400, `version must be one of ${versions.join(', ')}.`);
    const card = version === undefined ? catalog.shape()?.card : catalog.card(version);
    if (!card) {
      catalog.require();
      throw new HttpError(
        404,
        version ? `Version ${version} has not sent a model card yet.` : 'No version has a model card.',
      );
    }
    res.json(card);
  });
}
