import { bodyLimits } from '@coppice/contract';
import { readJson, takePredictBody } from '@coppice/serverkit';
import { AnswerTemplate } from '../predict/answer-template.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import { answerPredictions, type PredictionDeps } from './answer-prediction.ts';
import { pinOf, userOf } from './request-headers.ts';

type Deps = PredictionDeps & { catalog: Pick<ModelCatalog, 'require' | 'onShape'> };

const JSON_TYPE = ['Content-Type', 'application/json; charset=utf-8'];

/** `POST /predict`: one row or a batch, answered by one version. */
export function predictHandlers({ catalog, ...deps }: Deps) {
  let template = new AnswerTemplate([]);
  catalog.onShape(({ classes }) => {
    template = new AnswerTemplate(classes);
  });

  const handlers = answerPredictions(deps, {
    read(req) {
      const request = takePredictBody(req, catalog.require().schema);
      request.user ??= userOf(req);
      return request;
    },
    pin: pinOf,
    write({ batch, rows }, { version, route, answer, first }, ids) {
      const body = batch
        ? template.batch(answer, first, rows, version.name, route, ids)
        : template.one(answer, first, version.name, route, ids[0]);
      return { body, headers: JSON_TYPE };
    },
  });
  return [readJson({ limit: bodyLimits['/predict'] }), ...handlers] as const;
}
