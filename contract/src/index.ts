export * from './config-view.ts';
export * from './drift-report.ts';
export * from './history-row.ts';
export * from './model-card.ts';
export * from './prediction.ts';
export * from './problem.ts';
export * from './readiness.ts';
