// What flags mean for how a figure may be shown, and in words.
import { decimal, flagText, percent, sentence, t, whole } from './texts.js';

/** @import { Estimates } from './schema' */
/** @import { Context } from './figures.js' */
/**
 * What is shown like a figure.
 * @typedef {{ value: number | null, flags: string[], low?: number | null, high?: number | null,
 *   n_effective?: number | null }} Shown
 */
/** @typedef {'absent' | 'withheld' | 'known' | 'bare' | 'shown'} Standing */

/** @param {string} flag */
export const kindOf = (flag) => flag.split(':', 1)[0];
/** @type {(figure: { flags: string[] }, kind: string) => boolean} */
export const hasFlag = (figure, kind) => figure.flags.some((flag) => kindOf(flag) === kind);
/** @type {(x: number | null | undefined) => x is number} */
export const isKnown = (x) => x !== null && x !== undefined;

// absent: no value; withheld: not reportable, so no number; known: fixed by the register; bare: a value without an
// interval; shown.
/** @type {(figure: Shown | null) => Standing} */
export function standing(figure) {
  if (!figure || !isKnown(figure.value)) return 'absent';
  if (hasFlag(figure, 'not_reportable')) return 'withheld';
  if (hasFlag(figure, 'known_from_register')) return 'known';
  return isKnown(figure.low) ? 'shown' : 'bare';
}

// What may be written: a value that is there and not withheld.
/** @type {<T extends Shown>(figure: T | null) => figure is T & { value: number }} */
export const isNumber = (figure) => !['absent', 'withheld'].includes(standing(figure));

// With its interval.
/** @type {<T extends Shown>(figure: T | null) => figure is T & { value: number, low: number, high: number }} */
export const hasInterval = (figure) => standing(figure) === 'shown';

// Why a figure is not reportable, with the numbers that decide it.
/** @type {(figure: Shown, context: Context) => string} */
function withheldWhy(figure, { wave, snapshot }) {
  const why = [];
  if (hasFlag(figure, 'low_n_effective')) {
    const minimum = whole(wave.minimumEffective);
    const effective = figure.n_effective;
    why.push(
      isKnown(effective)
        ? t('reasonEffective', decimal(effective), minimum)
        : t('reasonEffectiveNone', minimum),
    );
  }
  // With a place it is a category's own, which keeps no figure back.
  if (figure.flags.includes('collapsed')) {
    const { collapsed_share: share, collapsed_limit: limit } = snapshot.estimates.calibration;
    why.push(t('reasonCollapsed', percent(share, 0), percent(limit, 0)));
  }
  return why.join('; ');
}

/** @type {(figure: Shown, context: Context) => string} */
function withheldReason(figure, context) {
  const why = withheldWhy(figure, context);
  return why ? `${t('withheld')}: ${why}` : t('withheld');
}

// The same where 'not reportable' itself stands above it.
/** @type {(figure: Shown, context: Context) => string} */
export function whyWithheld(figure, context) {
  const why = withheldWhy(figure, context);
  return why ? `${sentence(why)}.` : '';
}

/** @type {(flag: string, figure: Shown, context: Context) => string} */
function wordOf(flag, figure, { wave }) {
  if (kindOf(flag) === 'not_estimable' && !isKnown(figure.value)) return t('noValue');
  return flagText(flag, (text) => wave.describe(text));
}

const GRAVEST = ['infeasible', 'not_converged', 'not_reportable', 'not_estimable'];
/** @param {string} flag */
const rankOf = (flag) => GRAVEST.indexOf(kindOf(flag)) + 1 || GRAVEST.length + 1;

// Every flag of a figure in words, the most serious first; long lists are cut.
/** @type {(figure: Shown, context: Context) => string[]} */
export function reasons(figure, context) {
  const flags = [...figure.flags].sort((a, b) => rankOf(a) - rankOf(b));
  // What makes a figure not reportable is in that reason already.
  const told = hasFlag(figure, 'not_reportable')
    ? ['not_computed', 'low_n_effective', 'collapsed']
    : ['not_computed'];
  const bare = flags.filter((f) => !told.includes(kindOf(f)) || flags.length === 1);
  const all = bare.map((f) =>
    kindOf(f) === 'not_reportable' ? withheldReason(figure, context) : wordOf(f, figure, context),
  );
  const words = [...new Set(all)];
  if (words.length > 4) words.splice(3, words.length, t('andMore', whole(words.length - 3)));
  return words;
}

/** @type {(figure: Shown, context: Context) => string} */
export const reason = (figure, context) => sentence(reasons(figure, context).join('; '));

// Short words beside a figure: what its looks alone do not say.
/** @type {(figure: Shown, context: Context) => string[]} */
export function remarks(figure, context) {
  const silent = new Set([
    'not_converged',
    'infeasible',
    'empty_category',
    'outside_population',
    'not_reportable',
  ]);
  if (standing(figure) !== 'bare') silent.add('not_computed');
  const isWithheld = hasFlag(figure, 'not_reportable');
  if (isWithheld) silent.add('low_n_effective');
  const words = figure.flags
    .filter((f) => !silent.has(kindOf(f)))
    .map((f) => wordOf(f, figure, context));
  return [...(isWithheld ? [t('withheldMark')] : []), ...new Set(words)];
}

// The error state of the whole page, or null: the margins cannot be met. With `stands`, figures on fallback weights
// are there all the same.
/** @param {Estimates} estimates */
export function failure(estimates) {
  const { calibration } = estimates;
  const all = new Set([...(calibration?.flags ?? []), ...estimates.flags]);
  const bad = [...all].filter((f) => ['infeasible', 'not_converged'].includes(kindOf(f)));
  if (!bad.length) return null;
  return {
    infeasible: bad.some((f) => kindOf(f) === 'infeasible'),
    places: bad.filter((f) => f.includes(':')).map((f) => f.slice(f.indexOf(':') + 1)),
    stands: estimates.figures.some((f) => f.value !== null),
    worst: calibration?.worst_margin || null,
    error: calibration?.max_margin_error ?? null,
    rounds: calibration?.iterations ?? 0,
  };
}
