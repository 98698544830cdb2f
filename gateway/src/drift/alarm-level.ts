/**
 * The probability of a false alarm that each of the three tests (KS, χ² and the exact tests of missing and unseen
 * values over all features, PSI over all features, class mix) may have at one look.
 *
 * Far below the usual 5 % because there is never only one look: every scrape judges the window, forever, and always
 * against the same training rows, whose own sampling error is half of every difference when they are few. With 120
 * training rows and four features, a look every 100 rows at 60,000 predictions without drift raised an alarm for 46 % of
 * training sets at a level of 1e-2, 13 % at 1e-3, 2 % at 1e-4 and 0 of 100 at 1e-5 (`drift.simulation.test.ts` checks this, and
 * `mixed.simulation.test.ts` the same for features of any kind).
 * It costs little power: 500 predictions reveal a shift of one standard deviation for 99 % of training sets of 80 rows
 * and for all of 100 rows or more.
 */
export const ALARM_LEVEL = 1e-5;
