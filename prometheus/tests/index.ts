import { availability } from './availability.ts';
import { model } from './model.ts';
import { objectives } from './objectives.ts';

export const alertTests = [availability, objectives, model];
