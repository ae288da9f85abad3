// What flags mean for how a figure may be shown, and in words.
import { decimal, flagText, percent, sentence, t, whole } from './texts.js';

export const kindOf = (flag) => flag.split(':', 1)[0];
export const hasFlag = (figure, kind) => figure.flags.some((flag) => kindOf(flag) === kind);

// absent: no value; withheld: not reportable, so no number; known: fixed by the register; bare: a value without an
// interval; shown.
export function standing(figure) {
  if (!figure || figure.value === null || figure.value === undefined) return 'absent';
  if (hasFlag(figure, 'not_reportable')) return 'withheld';
  if (hasFlag(figure, 'known_from_register')) return 'known';
  return figure.low === null || figure.low === undefined ? 'bare' : 'shown';
}

export const minimumEffective = (wave) => wave.definition.reporting.minimum_n_effective;

// Why a figure is not reportable, from the numbers that decide it.
function withheldWhy(figure, { wave, estimates }) {
  const why = [];
  const minimum = minimumEffective(wave);
  const effective = figure.n_effective ?? null;
  if (effective !== null && effective < minimum)
    why.push(t('reasonEffective', decimal(effective), whole(minimum)));
  else if (hasFlag(figure, 'low_n_effective')) why.push(t('reasonEffectiveNone', whole(minimum)));
  const { collapsed_share: share, collapsed_limit: limit } = estimates.calibration ?? {};
  if (share > limit) why.push(t('reasonCollapsed', percent(share, 0), percent(limit, 0)));
  return why.join('; ');
}

function withheldReason(figure, context) {
  const why = withheldWhy(figure, context);
  return why ? `${t('withheld')}: ${why}` : t('withheld');
}

// The same where 'not reportable' itself stands above it.
export const whyWithheld = (figure, context) => {
  const why = withheldWhy(figure, context);
  return why ? `${sentence(why)}.` : '';
};

function wordOf(flag, figure, context) {
  if (kindOf(flag) === 'not_estimable' && (figure.value ?? figure.difference ?? null) === null)
    return t('noValue');
  return flagText(flag, (text) => context.wave.describe(text));
}

// Every flag of a figure in words, the most serious first; long lists are cut. context: {wave, estimates}
export function reasons(figure, context) {
  const order = ['infeasible', 'not_converged', 'not_reportable', 'not_estimable'];
  const place = (flag) => order.indexOf(kindOf(flag)) + 1 || order.length + 1;
  const flags = [...figure.flags].sort((a, b) => place(a) - place(b));
  // What makes a figure not reportable is in that reason already.
  const told = hasFlag(figure, 'not_reportable')
    ? ['not_computed', 'low_n_effective', 'collapsed']
    : ['not_computed'];
  const bare = flags.filter((f) => !told.includes(kindOf(f)) || flags.length === 1);
  const words = [
    ...new Set(
      bare.map((f) =>
        kindOf(f) === 'not_reportable'
          ? withheldReason(figure, context)
          : wordOf(f, figure, context),
      ),
    ),
  ];
  if (words.length > 4) words.splice(3, words.length, t('andMore', whole(words.length - 3)));
  return words;
}

export const reason = (figure, context) => sentence(reasons(figure, context).join('; '));

// Short words beside a figure: what its looks alone do not say.
export function remarks(figure, context) {
  const silent = new Set(['not_converged', 'infeasible', 'empty_category', 'outside_population']);
  if (standing(figure) !== 'bare') silent.add('not_computed');
  if (hasFlag(figure, 'not_reportable'))
    ['not_reportable', 'low_n_effective'].forEach((kind) => silent.add(kind));
  const words = figure.flags
    .filter((f) => !silent.has(kindOf(f)))
    .map((f) => wordOf(f, figure, context));
  return [...(hasFlag(figure, 'not_reportable') ? [t('withheldMark')] : []), ...new Set(words)];
}

// The error state of the whole page, or null: the margins cannot be met. With `stands`, figures on fallback weights
// are there all the same.
export function failure(estimates) {
  const { calibration } = estimates;
  const bad = [...new Set([...(calibration?.flags ?? []), ...estimates.flags])].filter((f) =>
    ['infeasible', 'not_converged'].includes(kindOf(f)),
  );
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
