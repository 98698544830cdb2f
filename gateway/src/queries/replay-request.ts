import { replayStart } from '@coppice/contract';
import { timeParameter } from './time-parameter.ts';

/** Body of `POST /replay`, its times in milliseconds since the epoch. */
export const replayRequest = replayStart.extend({ since: timeParameter, until: timeParameter.optional() });
