/**
 * The chance of a false alarm that each of the three tests (KS over all features, PSI over all features, class mix) may
 * have at one look.
 *
 * Far below the usual 5 % because nobody looks once: the window is judged at every scrape, for ever, and always against
 * the same training rows. With 120 training rows (Iris) the training set's own luck is half of every difference, so that
 * at 0.1 % about a third of all training sets would raise an alarm within 60,000 predictions that have not drifted; at
 * 0.001 % it is one in a hundred (`simulation.test.ts` measures both one look and many). It costs little: a shift of one
 * standard deviation gives p-values below 1e-9 with 500 predictions.
 */
export const ALARM_LEVEL = 1e-5;
