// The indicator by domain, changes since earlier waves, differences in pairs, and the questions.
import { axisOf, dotRows, pointSpan, shareRows, shareSpan, withoutWidest } from './charts.js';
import { element, table } from './dom.js';
import { codeOf, subjectOf } from './figures.js';
import { hasFlag, hasInterval, isKnown, isNumber, reason, remarks, standing } from './flags.js';
import { againstOthers, domainPairs, optionPairs, otherPairs, pOfChange } from './pairs.js';
import { label, percent, probability, signed, t, whole } from './texts.js';

/** @import { Figure } from './schema' */
/** @import { Row } from './charts.js' */
/** @import { Child } from './dom.js' */
/** @import { Context, Figures } from './figures.js' */
/** @typedef {Row & { figure: Figure }} FigureRow */

/** @type {(id: string, title: string, nodes: Child[]) => HTMLElement} */
export function card(id, title, nodes) {
  return element('div', { class: 'card', 'data-card': id }, element('h3', {}, title), ...nodes);
}

/** @type {(figure: Figure, name: string, context: Context) => FigureRow} */
const rowOf = (figure, name, context) => ({
  figure,
  name,
  remarks: remarks(figure, context),
  reason: reason(figure, context),
});

// A table's fields of one figure: value, interval, n.
/** @type {(figure: Figure, digits: number) => string[]} */
const pointFields = (figure, digits) => [
  isNumber(figure) ? signed(figure.value, digits) : t('none'),
  hasInterval(figure) ? pointSpan(figure, digits) : t('none'),
  whole(figure.n),
];
/** @param {Figure} figure */
const shareFields = (figure) => [
  isNumber(figure) ? percent(figure.value, 1) : t('none'),
  hasInterval(figure) ? shareSpan(figure) : t('none'),
  whole(figure.n),
];

// One axis for all cards, so that dots can be compared; figures on few responses do not stretch it, and those that are
// withheld have no part in it.
/** @param {Row[]} rows */
function commonAxis(rows) {
  const numbers = rows.map((r) => r.figure).filter(isNumber);
  const steady = numbers.filter((f) => !hasFlag(f, 'low_n'));
  const from = steady.length ? steady : numbers;
  return axisOf([...withoutWidest(from), ...rows.map((r) => r.earlier?.value)]);
}

/** @param {(string | false | null)[]} texts */
const joined = (texts) => texts.filter(Boolean).join(' ');

/** @type {(context: Context, id: string, rows: FigureRow[]) => HTMLElement} */
function domainTable({ wave, snapshot }, id, rows) {
  const digits = snapshot.estimates.indicator_digits;
  const compared = rows.some((r) => r.earlier) ? wave.comparison : null;
  const head = [
    t('name'),
    t('value'),
    t('intervalColumn'),
    ...(compared ? [label(compared.label, compared.id)] : []),
    t('n'),
    t('remark'),
  ];
  const fields = rows.map(({ name, figure, earlier, reason: why }) => {
    const [value, interval, n] = pointFields(figure, digits);
    const before = earlier ? signed(earlier.value, digits) : t('none');
    return [name, value, interval, ...(compared ? [before] : []), n, why];
  });
  return table(wave.domainLabel(id), head, fields);
}

/** @type {(context: Context, figures: Figures) =>
 *   { cards: HTMLElement[], note: string, others: HTMLElement[] } | null} */
export function domainCards(context, figures) {
  const { wave, snapshot } = context;
  const domains = figures.domains().map(([id, list]) => {
    const rows = list.map((figure) => ({
      ...rowOf(figure, wave.categoryLabel(id, codeOf(figure.domain)[1]), context),
      earlier: wave.earlier('mean', 'indicator', figure.domain),
    }));
    return { id, rows };
  });
  if (!domains.length) return null;
  const all = domains.flatMap(({ rows }) => rows);
  const axis = commonAxis(all);
  const overall = figures.get('mean', 'indicator');
  const reference = isNumber(overall) ? overall.value : null;
  const digits = snapshot.estimates.indicator_digits;
  const cards = domains.map(({ id, rows }) =>
    card(id, wave.domainLabel(id), [
      ...dotRows(rows, axis, { digits, reference }),
      domainPairs(context, id),
      againstOthers(context, id),
      domainTable(context, id, rows),
    ]),
  );
  const compared = all.some((r) => r.earlier) ? wave.comparison : null;
  const note = joined([
    t('domainsNote', percent(wave.confidenceLevel, 0)),
    compared && t('comparisonNote', label(compared.label, compared.id)),
    all.some((r) => standing(r.figure) === 'withheld') && t('withheldNote'),
  ]);
  return { cards, note, others: otherPairs(context, figures) };
}

// The dimension is named where there are several.
/** @type {(context: Context, list: Figure[]) => (figure: Figure) => string} */
function changeNames({ wave }, list) {
  const domains = list.map((f) => f.domain).filter(Boolean);
  const isOneDimension = new Set(domains.map((domain) => codeOf(domain)[0])).size === 1;
  return ({ domain }) => {
    if (!domain) return label(wave.indicator?.label, t('total'));
    return isOneDimension ? wave.categoryLabel(...codeOf(domain)) : wave.describe(domain);
  };
}

// What holds for all rows alike is said once.
/** @param {FigureRow[]} rows */
function commonRemarks(rows) {
  const [first = [], ...others] = rows.map((r) => r.remarks);
  return first.filter((word) => others.every((words) => words.includes(word)));
}

/** @type {(context: Context, against: string, list: Figure[]) => HTMLElement} */
function changeCard(context, against, list) {
  const { wave, snapshot } = context;
  const digits = snapshot.estimates.indicator_digits;
  const nameOf = changeNames(context, list);
  const told = list.map((figure) => rowOf(figure, nameOf(figure), context));
  const common = commonRemarks(told);
  const rows = told.map((r) => ({
    ...r,
    remarks: r.remarks.filter((word) => !common.includes(word)),
  }));
  const adjusted = rows.map((r) => (isNumber(r.figure) ? pOfChange(context, r.figure) : null));
  const isTested = adjusted.some(isKnown);
  const note = joined([
    t('changeNote', percent(wave.confidenceLevel, 0)),
    rows.some((r) => standing(r.figure) === 'bare') && t('changeBare'),
    common.length > 0 && `${t('remark')}: ${common.join('; ')}.`,
    isTested && t('changeTested'),
  ]);
  const p = isTested ? [t('pAdjusted')] : [];
  const head = [t('name'), t('difference'), t('intervalColumn'), t('n'), ...p, t('remark')];
  const fields = rows.map((r, i) => {
    const ofTest = adjusted[i];
    const tested = isKnown(ofTest) ? probability(ofTest) : t('none');
    return [r.name, ...pointFields(r.figure, digits), ...(isTested ? [tested] : []), r.reason];
  });
  const title = t('change', wave.comparisonLabel(against));
  return card(`change-${against}`, title, [
    ...dotRows(rows, commonAxis(rows), { digits }),
    element('p', { class: 'note' }, note),
    table(title, head, fields),
  ]);
}

// Differences to an earlier wave, over all and by domain.
/** @type {(context: Context, figures: Figures) => HTMLElement[]} */
export const changeCards = (context, figures) =>
  [...figures.changes()].map(([against, list]) => changeCard(context, against, list));

// The ranking's order and, where a figure has a rank, its range in words.
/** @param {Context} context */
function ranksOf({ snapshot }) {
  const places = new Map();
  const ranks = new Map();
  for (const { figures } of snapshot.estimates.rankings ?? []) {
    for (const { of, rank, rank_low: least, rank_high: most } of figures) {
      places.set(of, places.size);
      if (!isKnown(rank)) continue;
      const [low, high] = [least ?? rank, most ?? rank];
      const text =
        low === high ? t('rankOne', whole(low)) : t('rankRange', whole(low), whole(high));
      ranks.set(of, text);
    }
  }
  return { places, ranks };
}

// In the order of the ranking; then those that are not ranked, and at last those without a number, as the definition
// has them.
/** @type {(rows: FigureRow[], places: Map<string, number>) => FigureRow[]} */
export function inRankOrder(rows, places) {
  /** @param {FigureRow} row */
  const placeOf = ({ figure }) =>
    isNumber(figure) ? (places.get(figure.of) ?? places.size) : places.size + 1;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}

/** @typedef {{ id: string, title: string, rows: FigureRow[] }} QuestionCard */

// Single questions, and batteries with a row an item.
/** @type {(context: Context, figures: Figures) => QuestionCard[]} */
function questionRows(context, figures) {
  const { wave } = context;
  const { places, ranks } = ranksOf(context);
  /** @type {(figure: Figure, name: string) => FigureRow} */
  const row = (figure, name) => ({
    ...rowOf(figure, name, context),
    rank: (isNumber(figure) && ranks.get(figure.of)) || null,
  });
  /** @type {QuestionCard[]} */
  const single = [];
  /** @type {Map<string, QuestionCard>} */
  const batteries = new Map();
  for (const [id, list] of figures.questions()) {
    const question = wave.questions.get(id);
    if (!question) continue;
    const first = list.find(({ of }) => question.sets.some((s) => s.id === subjectOf(of)[1]));
    if (question.battery && first) {
      const title = wave.optionLabelOf(first.of);
      const battery = batteries.get(question.battery) ?? { id: question.battery, title, rows: [] };
      battery.rows.push(row(first, wave.domainLabel(id)));
      batteries.set(question.battery, battery);
    } else {
      const rows = list.map((figure) => row(figure, wave.optionLabelOf(figure.of)));
      const isRanked = question.kind === 'MULTIPLE';
      const title = label(question.label ?? question.text, id);
      single.push({ id, title, rows: isRanked ? inRankOrder(rows, places) : rows });
    }
  }
  const ordered = [...batteries.values()].map((b) => ({ ...b, rows: inRankOrder(b.rows, places) }));
  return [...single, ...ordered];
}

/** @type {(context: Context, question: QuestionCard) => HTMLElement} */
function questionCard(context, { id, title, rows }) {
  const isRanked = rows.some((r) => r.rank);
  const note = t('rankNote', percent(context.wave.confidenceLevel, 0));
  const ranked = isRanked ? [t('rank')] : [];
  const head = [t('name'), ...ranked, t('share'), t('intervalColumn'), t('n'), t('remark')];
  const fields = rows.map(({ name, rank, figure, reason: why }) => [
    name,
    ...(isRanked ? [rank ?? t('none')] : []),
    ...shareFields(figure),
    why,
  ]);
  return card(`q-${id}`, title, [
    ...shareRows(rows),
    isRanked ? element('p', { class: 'note' }, note) : null,
    optionPairs(context, id, title),
    table(title, head, fields),
  ]);
}

/** @type {(context: Context, figures: Figures) => HTMLElement[]} */
export const questionCards = (context, figures) =>
  questionRows(context, figures).map((question) => questionCard(context, question));
