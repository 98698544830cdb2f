import { availability } from './availability.ts';
import { model } from './model.ts';
import { objectives } from './objectives.ts';
import { rollout } from './rollout.ts';

export const alertTests = [availability, objectives, model, rollout];
