// Differences in pairs with p's adjusted for each other, as tables that open.
import { element, table } from './dom.js';
import { codeOf } from './figures.js';
import { hasFlag, isKnown, reason } from './flags.js';
import { probability, signed, t, whole } from './texts.js';

/** @import { DomainComparison, Figure } from './schema' */
/** @import { Context, Figures, Wave } from './figures.js' */

// "industry&size" of "industry=trade&size=micro".
/** @param {DomainComparison} pair */
const domainOf = ({ a }) =>
  a.includes('=')
    ? a
        .split('&')
        .map((part) => codeOf(part)[0])
        .join('&')
    : '';
/** @param {DomainComparison} pair */
const isOthers = (pair) => pair.b.startsWith('!');
/** @param {DomainComparison} pair */
const isOfIndicator = (pair) => !pair.of || pair.of === 'indicator';

/** @param {Context} context */
const pairsOf = ({ wave, snapshot }) =>
  (snapshot.estimates.comparisons ?? []).filter(
    (pair) => !wave.definition.comparisons.some((c) => c.id === pair.b),
  );

/** @type {(pair: DomainComparison, id: string) => boolean} */
const inDomain = (pair, id) => isOfIndicator(pair) && domainOf(pair) === id;
// A ranking of a battery is called <battery>/<set>, one of a multiple-choice question by the question.
/** @type {(pair: DomainComparison, id: string) => boolean} */
const inCard = (pair, id) =>
  pair.a.includes('/') && (pair.family === id || pair.family.startsWith(`${id}/`));

/** @type {(wave: Wave, text: string) => string} */
function sideName(wave, text) {
  if (text.startsWith('!')) return t('others');
  if (!text.includes('=')) return text.includes('/') ? wave.optionName(text) : text;
  const codes = text.split('&').map(codeOf);
  return codes.map(([id, code]) => wave.categoryLabel(id, code)).join(' · ');
}

/** @type {(wave: Wave, pair: DomainComparison) => string} */
function rowName(wave, pair) {
  const name = t('versus', sideName(wave, pair.a), sideName(wave, pair.b));
  return isOthers(pair) && !isOfIndicator(pair) ? `${wave.optionName(pair.of)}: ${name}` : name;
}

/** @type {(pair: DomainComparison, digits: number) => string[]} */
function pairNumbers(pair, digits) {
  const none = t('none');
  if (hasFlag(pair, 'not_reportable')) return [none, none, none, none];
  /** @param {number} x */
  const text = (x) =>
    isOfIndicator(pair) ? signed(x, digits) : t('percentagePoints', signed(100 * x, 1));
  const { difference, low, high, p, p_adjusted: adjusted } = pair;
  return [
    isKnown(difference) ? text(difference) : none,
    isKnown(low) && isKnown(high) ? t('period', text(low), text(high)) : none,
    isKnown(p) ? probability(p) : none,
    isKnown(adjusted) ? probability(adjusted) : none,
  ];
}

// All pairs of one family, the clearest first. name: the family's, as a reader knows it.
/** @type {(context: Context, pairs: DomainComparison[], name: string) => HTMLElement} */
function pairTable(context, pairs, name) {
  const { wave, snapshot } = context;
  const areOthers = isOthers(pairs[0]);
  const sorted = [...pairs].sort((x, y) => (x.p_adjusted ?? 2) - (y.p_adjusted ?? 2));
  const head = [
    t('pair'),
    t('difference'),
    t('intervalColumn'),
    t('pValue'),
    t('pAdjusted'),
    t('remark'),
  ];
  const rows = sorted.map((pair) => [
    rowName(wave, pair),
    ...pairNumbers(pair, snapshot.estimates.indicator_digits),
    reason({ ...pair, value: pair.difference }, context),
  ]);
  const opened = table(
    t('comparisonsTitle', name),
    head,
    rows,
    t(areOthers ? 'againstOthers' : 'comparisons'),
  );
  opened.classList.add(areOthers ? 'others' : 'pairs');
  const note = t('comparisonsNote', whole(pairs.length), name);
  opened.append(element('p', { class: 'note' }, note));
  return opened;
}

/** @type {(context: Context, id: string, areOthers: boolean) => HTMLElement | null} */
function domainTable(context, id, areOthers) {
  const { wave } = context;
  const pairs = pairsOf(context).filter((p) => inDomain(p, id) && isOthers(p) === areOthers);
  const name = t('familyBy', wave.indicatorLabel, wave.domainLabel(id).toLowerCase());
  return pairs.length ? pairTable(context, pairs, name) : null;
}

// The indicator's pairs within one dimension, or why they are not made; null where there are none.
/** @type {(context: Context, id: string) => HTMLElement | null} */
export function domainPairs(context, id) {
  const { not_compared: wide } = context.snapshot.estimates;
  const left = (wide ?? []).find((one) => one.domain === id);
  if (!left) return domainTable(context, id, false);
  const text = t('notCompared', whole(left.categories), whole(left.limit));
  return element('p', { class: 'note', 'data-part': 'not-compared' }, text);
}

// Each category of the dimension against all its others together; null where that is not made.
/** @type {(context: Context, id: string) => HTMLElement | null} */
export const againstOthers = (context, id) => domainTable(context, id, true);

// Pairs of the options or items of one card.
/** @type {(context: Context, id: string, title: string) => HTMLElement | null} */
export function optionPairs(context, id, title) {
  const pairs = pairsOf(context).filter((pair) => inCard(pair, id));
  return pairs.length ? pairTable(context, pairs, title) : null;
}

// Families that have no card of their own.
/** @type {(context: Context, figures: Figures) => HTMLElement[]} */
export function otherPairs(context, figures) {
  const domains = figures.domains().map(([id]) => id);
  const cards = figures.questions().flatMap(([id]) => {
    const battery = context.wave.questions.get(id)?.battery;
    return battery ? [id, battery] : [id];
  });
  /** @type {Map<string, DomainComparison[]>} */
  const families = new Map();
  for (const pair of pairsOf(context)) {
    if (domains.some((id) => inDomain(pair, id)) || cards.some((id) => inCard(pair, id))) continue;
    families.set(pair.family, [...(families.get(pair.family) ?? []), pair]);
  }
  return [...families].map(([family, pairs]) => pairTable(context, pairs, family));
}

// The adjusted p of a difference to an earlier wave, or null.
/** @type {(context: Context, figure: Figure) => number | null} */
export function pOfChange({ snapshot }, { of, domain, against }) {
  const tests = snapshot.estimates.comparisons ?? [];
  const test = tests.find((p) => p.of === of && p.a === domain && p.b === against);
  return test?.p_adjusted ?? null;
}
