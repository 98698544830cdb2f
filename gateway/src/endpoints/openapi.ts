import { Router } from 'express';
import { openapiDocument } from '../openapi/document.ts';

/** `GET /openapi.json`. */
export function openapiRoutes(): Router {
  const text = JSON.stringify(openapiDocument());
  return Router().get('/openapi.json', (_req, res) => {
    res.type('json').send(text);
  });
}
