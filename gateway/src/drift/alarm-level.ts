/**
 * The chance of a false alarm that each of the three tests (KS over all features, PSI over all features, class mix) may
 * have at one look.
 *
 * Far below the usual 5 % because nobody looks once: the window is judged at every scrape, for ever, and always against
 * the same training rows, whose own luck is half of every difference when they are few. With 120 training rows and four
 * features, the share of training sets that raise an alarm somewhere in 60,000 predictions that have not drifted, looked
 * at every 100, was 46 % at a level of 1e-2, 13 % at 1e-3, 2 % at 1e-4 and 0 of 100 at 1e-5 (`simulation.test.ts` keeps
 * this). The power lost is little: a shift of one standard deviation is found with 500 predictions in 99 % of training
 * sets of 80 rows and in all of 100 rows or more.
 */
export const ALARM_LEVEL = 1e-5;
