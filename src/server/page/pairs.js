// Differences in pairs with p's adjusted for each other, as tables that open.
import { element, table } from './dom.js';
import { hasFlag, reason } from './flags.js';
import { label, probability, signed, t, whole } from './texts.js';

// "industry&size" of "industry=trade&size=micro".
const domainOf = (pair) =>
  pair.a.includes('=')
    ? pair.a
        .split('&')
        .map((part) => part.slice(0, part.indexOf('=')))
        .join('&')
    : '';
const isOthers = (pair) => pair.b.startsWith('!');
const isOption = (pair) => pair.a.includes('/');
const isWave = (context, pair) => context.wave.definition.comparisons.some((c) => c.id === pair.b);
const isOfIndicator = (pair) => !pair.of || pair.of === 'indicator';
const pairsOf = (context) =>
  (context.snapshot.estimates.comparisons ?? []).filter((pair) => !isWave(context, pair));
const isAbsent = (x) => x === null || x === undefined;

const inDomain = (pair, id) => isOfIndicator(pair) && domainOf(pair) === id;
// A ranking of a battery is called <battery>/<set>, one of a multiple-choice question by the question.
const inCard = (pair, id) =>
  isOption(pair) && (pair.family === id || pair.family.startsWith(`${id}/`));

function sideName(wave, text) {
  if (text.startsWith('!')) return t('others');
  if (text.includes('='))
    return text
      .split('&')
      .map((part) =>
        wave.categoryLabel(part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)),
      )
      .join(' · ');
  return text.includes('/') ? wave.optionName(text) : text;
}

// All pairs of one family, the clearest first. name: the family's, as a reader knows it.
function pairTable(context, pairs, name) {
  const { wave } = context;
  const inPoints = isOfIndicator(pairs[0]),
    others = isOthers(pairs[0]);
  const rowName = (pair) =>
    (others && !inPoints ? `${wave.optionName(pair.of)}: ` : '') +
    t('versus', sideName(wave, pair.a), sideName(wave, pair.b));
  const text = (x) =>
    inPoints ? signed(x, wave.digits) : t('percentagePoints', signed(100 * x, 1));
  const sorted = [...pairs].sort((x, y) => (x.p_adjusted ?? 2) - (y.p_adjusted ?? 2));
  const why = (pair) => reason({ value: pair.difference, ...pair }, context);
  const none = [t('none'), t('none'), t('none'), t('none')];
  const numbers = (pair) =>
    hasFlag(pair, 'not_reportable')
      ? none
      : [
          isAbsent(pair.difference) ? t('none') : text(pair.difference),
          isAbsent(pair.low) ? t('none') : t('period', text(pair.low), text(pair.high)),
          isAbsent(pair.p) ? t('none') : probability(pair.p),
          isAbsent(pair.p_adjusted) ? t('none') : probability(pair.p_adjusted),
        ];
  const opened = table(
    t('comparisonsTitle', name),
    [t('pair'), t('difference'), t('intervalColumn'), t('pValue'), t('pAdjusted'), t('remark')],
    sorted.map((pair) => [rowName(pair), ...numbers(pair), why(pair)]),
    t(others ? 'againstOthers' : 'comparisons'),
  );
  opened.classList.add(others ? 'others' : 'pairs');
  opened.append(element('p', { class: 'note' }, t('comparisonsNote', whole(pairs.length), name)));
  return opened;
}

// The indicator's pairs within one dimension, or why they are not made; null where there are none.
export function domainPairs(context, id) {
  const left = (context.snapshot.estimates.not_compared ?? []).find((one) => one.domain === id);
  if (left)
    return element(
      'p',
      { class: 'note', 'data-part': 'not-compared' },
      t('notCompared', whole(left.categories), whole(left.limit)),
    );
  const pairs = pairsOf(context).filter((pair) => inDomain(pair, id) && !isOthers(pair));
  const { wave } = context;
  return pairs.length
    ? pairTable(
        context,
        pairs,
        t('familyBy', label(wave.indicator?.label, ''), wave.domainLabel(id).toLowerCase()),
      )
    : null;
}

// Each category of the dimension against all its others together; null where that is not made.
export function againstOthers(context, id) {
  const pairs = pairsOf(context).filter((pair) => inDomain(pair, id) && isOthers(pair));
  const { wave } = context;
  return pairs.length
    ? pairTable(
        context,
        pairs,
        t('familyBy', label(wave.indicator?.label, ''), wave.domainLabel(id).toLowerCase()),
      )
    : null;
}

// Pairs of the options or items of one card.
export function optionPairs(context, id, title) {
  const pairs = pairsOf(context).filter((pair) => inCard(pair, id));
  return pairs.length ? pairTable(context, pairs, title) : null;
}

// Families that have no card of their own.
export function otherPairs(context, figures) {
  const domains = figures.domains().map(([id]) => id);
  const cards = figures
    .questions()
    .flatMap(([id]) => [id, context.wave.questions.get(id)?.battery])
    .filter(Boolean);
  const families = new Map();
  for (const pair of pairsOf(context)) {
    if (domains.some((id) => inDomain(pair, id)) || cards.some((id) => inCard(pair, id))) continue;
    if (!families.has(pair.family)) families.set(pair.family, []);
    families.get(pair.family).push(pair);
  }
  return [...families].map(([family, pairs]) => pairTable(context, pairs, family));
}

// The adjusted p of a difference to an earlier wave, or null.
export function pOfChange(context, figure) {
  const tests = context.snapshot.estimates.comparisons ?? [];
  return (
    tests.find((p) => p.of === figure.of && p.a === figure.domain && p.b === figure.against)
      ?.p_adjusted ?? null
  );
}
