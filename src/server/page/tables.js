// The indicator by domain, changes since earlier waves, differences in pairs, and the questions.
import { axisOf, dotRows, shareRows, shareSpan, withoutWidest } from './charts.js';
import { element, table } from './dom.js';
import { reason, remarks, standing } from './flags.js';
import { label, percent, probability, signed, t, whole } from './texts.js';

export function card(id, title, nodes) {
  return element('div', { class: 'card', 'data-card': id }, element('h3', {}, title), ...nodes);
}

const isNumber = (figure) => !['absent', 'withheld'].includes(standing(figure));
const ofRow = (figure, context) => ({ figure, remarks: remarks(figure, context), reason: reason(figure, context) });
const instead = (row) => (row.reason ? `${t('none')} (${row.reason})` : t('none'));

// A table's fields of one figure: value, interval, n; `text` writes a value, `span` an interval.
function fields(row, text, span) {
  const { figure } = row;
  return [isNumber(figure) ? text(figure.value) : instead(row), standing(figure) === 'shown' ? span(figure) : t('none'), whole(figure.n)];
}

// One axis for all cards, so that dots can be compared; figures on few responses do not stretch it.
function commonAxis(rows) {
  const steady = rows.filter((r) => isNumber(r.figure) && !r.figure.flags.includes('low_n'));
  const from = steady.length ? steady : rows;
  return axisOf([...withoutWidest(from.map((r) => r.figure)), ...rows.map((r) => r.earlier?.value ?? null)]);
}

export function domainCards(context, figures) {
  const { wave, snapshot } = context;
  const { comparison, digits } = wave;
  const all = figures.domains().map(([id, list]) => [id, list.map((figure) => ({ ...ofRow(figure, context),
    name: wave.categoryLabel(id, figure.domain.slice(id.length + 1)), earlier: wave.earlier('mean', 'indicator', figure.domain) }))]);
  if (!all.length) return null;
  const axis = commonAxis(all.flatMap(([, rows]) => rows));
  const overall = figures.get('mean', 'indicator');
  const reference = isNumber(overall ?? { value: null }) ? overall.value : null;
  const span = (f) => t('period', signed(f.low, digits), signed(f.high, digits));
  const cards = all.map(([id, rows]) => {
    const compared = rows.some((r) => r.earlier);
    const head = [t('name'), t('value'), t('interval', ''), ...(compared ? [label(comparison.label, comparison.id)] : []), t('n'), t('remark')];
    return card(id, wave.domainLabel(id), [...dotRows(rows, axis, { digits, reference }), comparisonsOf(context, id),
      table(wave.domainLabel(id), head, rows.map((r) => {
        const [value, interval, n] = fields(r, (x) => signed(x, digits), span);
        return [r.name, value, interval, ...(compared ? [r.earlier ? signed(r.earlier.value, digits) : t('none')] : []), n, r.remarks.join('; ')];
      }))]);
  });
  const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
  const isHollow = all.some(([, rows]) => rows.some((r) => standing(r.figure) === 'withheld'));
  const note = [t('domainsNote', level), all.some(([, rows]) => rows.some((r) => r.earlier)) ? t('comparisonNote', label(comparison.label, comparison.id)) : '',
    isHollow ? t('withheldNote') : ''].filter(Boolean).join(' ');
  return { cards, note, others: otherComparisons(snapshot, figures.domains().map(([id]) => id)).map((list) => comparisonTable(context, list)) };
}

// The dimension of a pair: of "size=10-49", else the family where that is a dimension's own id.
const pairDomain = (pair) => (pair.a.includes('=') ? pair.a.slice(0, pair.a.indexOf('=')) : pair.family);
const isOfIndicator = (pair) => !pair.of || pair.of === 'indicator';

function comparisonsOf(context, id) {
  const pairs = (context.snapshot.estimates.comparisons ?? []).filter((p) => isOfIndicator(p) && pairDomain(p) === id);
  return pairs.length ? comparisonTable(context, pairs) : null;
}

// Pairs that have no card of their own, by family.
function otherComparisons(snapshot, ids) {
  const families = new Map();
  for (const pair of snapshot.estimates.comparisons ?? []) {
    if (isOfIndicator(pair) && ids.includes(pairDomain(pair))) continue;
    if (!families.has(pair.family)) families.set(pair.family, []);
    families.get(pair.family).push(pair);
  }
  return [...families.values()];
}

function sideName(wave, text, domain) {
  if (text.includes('=')) return wave.categoryLabel(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1));
  return text.includes('/') ? wave.optionName(text) : wave.categoryLabel(domain, text);
}

// All pairs of one family, the clearest first, opened when wanted.
function comparisonTable(context, pairs) {
  const { wave } = context;
  const domain = pairDomain(pairs[0]);
  const family = wave.familyLabel(pairs[0].family);
  const points = isOfIndicator(pairs[0]);
  const text = (x) => (points ? signed(x, wave.digits) : `${signed(100 * x, 1)} %`);
  const sorted = [...pairs].sort((x, y) => (x.p_adjusted ?? 2) - (y.p_adjusted ?? 2));
  const rows = sorted.map((p) => [t('versus', sideName(wave, p.a, domain), sideName(wave, p.b, domain)),
    p.difference === null ? instead(ofRow(p, context)) : text(p.difference),
    (p.low ?? null) === null ? t('none') : t('period', text(p.low), text(p.high)),
    (p.p ?? null) === null ? t('none') : probability(p.p), (p.p_adjusted ?? null) === null ? t('none') : probability(p.p_adjusted),
    remarks(p, context).join('; ')]);
  const opened = table(t('comparisonsTitle', family), [t('pair'), t('difference'), t('interval', ''), t('pValue'), t('pAdjusted'), t('remark')], rows, t('comparisons'));
  opened.classList.add('pairs');
  opened.append(element('p', { class: 'note' }, t('comparisonsNote', whole(pairs.length), family)));
  return opened;
}

// Differences to an earlier wave, over all and by domain.
export function changeCards(context, figures) {
  const { wave } = context;
  const { digits } = wave;
  return [...figures.changes()].map(([against, list]) => {
    // The dimension is named where there are several.
    const dimensions = new Set(list.filter((f) => f.domain).map((f) => f.domain.slice(0, f.domain.indexOf('='))));
    const nameOf = ({ domain }) => {
      if (!domain) return label(wave.indicator?.label, t('total'));
      return dimensions.size > 1 ? wave.describe(domain) : wave.categoryLabel(domain.slice(0, domain.indexOf('=')), domain.slice(domain.indexOf('=') + 1));
    };
    const rows = list.map((figure) => ({ ...ofRow(figure, context), name: nameOf(figure) }));
    const title = t('change', wave.comparisonLabel(against));
    const notes = [...new Set(list.flatMap((f) => remarks(f, context)))];
    // What holds for all rows alike is said once.
    const common = notes.filter((word) => rows.every((r) => r.remarks.includes(word)));
    rows.forEach((r) => { r.remarks = r.remarks.filter((word) => !common.includes(word)); });
    const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
    return card(`change-${against}`, title, [...dotRows(rows, commonAxis(rows), { digits }),
      element('p', { class: 'note' }, [t('changeNote', level), common.length ? `${t('remark')}: ${common.join('; ')}.` : ''].join(' ')),
      table(title, [t('name'), t('difference'), t('interval', ''), t('n')], rows.map((r) =>
        [r.name, ...fields(r, (x) => signed(x, digits), (f) => t('period', signed(f.low, digits), signed(f.high, digits)))]))]);
  });
}

// {of: {text, ranking}} of every ranked figure.
function ranksOf(snapshot) {
  const ranks = new Map();
  for (const ranking of snapshot.estimates.rankings ?? []) {
    for (const figure of ranking.figures) {
      if ((figure.rank ?? null) === null) continue;
      const low = figure.rank_low ?? figure.rank, high = figure.rank_high ?? figure.rank;
      ranks.set(figure.of, low === high ? t('rankOne', whole(low)) : t('rankRange', whole(low), whole(high)));
    }
  }
  return ranks;
}

export function questionCards(context, figures) {
  const { wave, snapshot } = context;
  const ranks = ranksOf(snapshot);
  const row = (figure, name) => ({ ...ofRow(figure, context), name, rank: isNumber(figure) ? ranks.get(figure.of) ?? null : null });
  const largestFirst = (rows) => rows.sort((a, b) => (b.figure.value ?? -1) - (a.figure.value ?? -1));
  const single = [];
  const batteries = new Map();
  for (const [id, list] of figures.questions()) {
    const question = wave.questions.get(id);
    if (!question) continue;
    const code = (figure) => figure.of.slice(id.length + 1);
    const sets = list.filter((f) => question.sets.some((s) => s.id === code(f)));
    if (question.battery && sets.length) {
      if (!batteries.has(question.battery)) batteries.set(question.battery, { title: wave.optionLabel(question, code(sets[0])), rows: [] });
      batteries.get(question.battery).rows.push(row(sets[0], wave.domainLabel(id)));
    } else {
      const rows = list.map((figure) => row(figure, wave.optionLabel(question, code(figure))));
      single.push([id, label(question.label ?? question.text, id), question.kind === 'MULTIPLE' ? largestFirst(rows) : rows]);
    }
  }
  const all = [...single, ...[...batteries].map(([id, { title, rows }]) => [id, title, largestFirst(rows)])];
  const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
  return all.map(([id, title, rows]) => {
    const ranked = rows.some((r) => r.rank);
    return card(`q-${id}`, title, [...shareRows(rows), ranked ? element('p', { class: 'note' }, t('rankNote', level)) : null,
      table(title, [t('name'), ...(ranked ? [t('rank')] : []), t('share'), t('interval', ''), t('n'), t('remark')], rows.map((r) =>
        [r.name, ...(ranked ? [r.rank ?? t('none')] : []), ...fields(r, (x) => percent(x, 1), shareSpan), r.remarks.join('; ')]))]);
  });
}
