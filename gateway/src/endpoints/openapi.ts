import { Router } from 'express';
import { openapiDocument } from '../openapi/document.ts';

/** `GET /openapi.json`. */
export function openapiRoutes(): Router {
  let text: string | undefined;
  return Router().get('/openapi.json', (_req, res) => {
    text ??= JSON.stringify(openapiDocument());
    res.type('json').send(text);
  });
}
