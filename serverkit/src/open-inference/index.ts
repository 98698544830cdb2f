export * from './check-predictions.ts';
export * from './datatype.ts';
export * from './encode-infer-response.ts';
export * from './infer-request.ts';
export * from './infer-request-error.ts';
export * from './tensor.ts';
