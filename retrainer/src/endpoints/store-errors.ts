import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { HttpError } from '@coppice/serverkit';
import type { ErrorRequestHandler } from 'express';

/** 503 while the registry is away. */
export const storeErrors: ErrorRequestHandler = (thrown, _req, _res, next) => {
  next(
    thrown instanceof StoreUnavailableError
      ? new HttpError(503, `The registry cannot be read: ${thrown.message}.`, {
          headers: { 'Retry-After': '5' },
          cause: thrown,
        })
      : thrown,
  );
};
