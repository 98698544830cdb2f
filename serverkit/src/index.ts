export * from './env.ts';
export * from './log.ts';
export * from './parse.ts';
export * from './plain-body.ts';
export * from './predict-body.ts';
export * from './problem.ts';
export * from './read-json.ts';
export * from './serve.ts';
