// The indicator by domain, changes since earlier waves, differences in pairs, and the questions.
import { axisOf, dotRows, shareRows, shareSpan, withoutWidest } from './charts.js';
import { element, table } from './dom.js';
import { reason, remarks, standing } from './flags.js';
import { againstOthers, domainPairs, optionPairs, otherPairs, pOfChange } from './pairs.js';
import { label, percent, probability, signed, t, whole } from './texts.js';

export function card(id, title, nodes) {
  return element('div', { class: 'card', 'data-card': id }, element('h3', {}, title), ...nodes);
}

const isNumber = (figure) => !['absent', 'withheld'].includes(standing(figure));
const ofRow = (figure, context) => ({
  figure,
  remarks: remarks(figure, context),
  reason: reason(figure, context),
});

// A table's fields of one figure: value, interval, n; `text` writes a value, `span` an interval.
function fields(row, text, span) {
  const { figure } = row;
  return [
    isNumber(figure) ? text(figure.value) : t('none'),
    standing(figure) === 'shown' ? span(figure) : t('none'),
    whole(figure.n),
  ];
}

// One axis for all cards, so that dots can be compared; figures on few responses do not stretch it, and those that are
// withheld have no part in it.
function commonAxis(rows) {
  const numbers = rows.filter((r) => isNumber(r.figure));
  const steady = numbers.filter((r) => !r.figure.flags.includes('low_n'));
  const from = steady.length ? steady : numbers;
  return axisOf([
    ...withoutWidest(from.map((r) => r.figure)),
    ...rows.map((r) => r.earlier?.value ?? null),
  ]);
}

export function domainCards(context, figures) {
  const { wave, snapshot } = context;
  const { comparison, digits } = wave;
  const all = figures
    .domains()
    .map(([id, list]) => [
      id,
      list.map((figure) => ({
        ...ofRow(figure, context),
        name: wave.categoryLabel(id, figure.domain.slice(id.length + 1)),
        earlier: wave.earlier('mean', 'indicator', figure.domain),
      })),
    ]);
  if (!all.length) return null;
  const axis = commonAxis(all.flatMap(([, rows]) => rows));
  const overall = figures.get('mean', 'indicator');
  const reference = isNumber(overall ?? { value: null }) ? overall.value : null;
  const span = (f) => t('period', signed(f.low, digits), signed(f.high, digits));
  const cards = all.map(([id, rows]) => {
    const compared = rows.some((r) => r.earlier);
    const head = [
      t('name'),
      t('value'),
      t('intervalColumn'),
      ...(compared ? [label(comparison.label, comparison.id)] : []),
      t('n'),
      t('remark'),
    ];
    return card(id, wave.domainLabel(id), [
      ...dotRows(rows, axis, { digits, reference }),
      domainPairs(context, id),
      againstOthers(context, id),
      table(
        wave.domainLabel(id),
        head,
        rows.map((r) => {
          const [value, interval, n] = fields(r, (x) => signed(x, digits), span);
          return [
            r.name,
            value,
            interval,
            ...(compared ? [r.earlier ? signed(r.earlier.value, digits) : t('none')] : []),
            n,
            r.reason,
          ];
        }),
      ),
    ]);
  });
  const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
  const isHollow = all.some(([, rows]) => rows.some((r) => standing(r.figure) === 'withheld'));
  const note = [
    t('domainsNote', level),
    all.some(([, rows]) => rows.some((r) => r.earlier))
      ? t('comparisonNote', label(comparison.label, comparison.id))
      : '',
    isHollow ? t('withheldNote') : '',
  ]
    .filter(Boolean)
    .join(' ');
  return { cards, note, others: otherPairs(context, figures) };
}

// Differences to an earlier wave, over all and by domain.
export function changeCards(context, figures) {
  const { wave } = context;
  const { digits } = wave;
  return [...figures.changes()].map(([against, list]) => {
    // The dimension is named where there are several.
    const dimensions = new Set(
      list.filter((f) => f.domain).map((f) => f.domain.slice(0, f.domain.indexOf('='))),
    );
    const nameOf = ({ domain }) => {
      if (!domain) return label(wave.indicator?.label, t('total'));
      return dimensions.size > 1
        ? wave.describe(domain)
        : wave.categoryLabel(
            domain.slice(0, domain.indexOf('=')),
            domain.slice(domain.indexOf('=') + 1),
          );
    };
    const rows = list.map((figure) => ({ ...ofRow(figure, context), name: nameOf(figure) }));
    const title = t('change', wave.comparisonLabel(against));
    const notes = [...new Set(list.flatMap((f) => remarks(f, context)))];
    // What holds for all rows alike is said once.
    const common = notes.filter((word) => rows.every((r) => r.remarks.includes(word)));
    rows.forEach((r) => {
      r.remarks = r.remarks.filter((word) => !common.includes(word));
    });
    const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
    const adjusted = rows.map((r) => (isNumber(r.figure) ? pOfChange(context, r.figure) : null));
    const tested = adjusted.some((p) => p !== null);
    return card(`change-${against}`, title, [
      ...dotRows(rows, commonAxis(rows), { digits }),
      element(
        'p',
        { class: 'note' },
        [
          t('changeNote', level),
          rows.some((r) => standing(r.figure) === 'bare') ? t('changeBare') : '',
          common.length ? `${t('remark')}: ${common.join('; ')}.` : '',
          tested ? t('changeTested') : '',
        ]
          .filter(Boolean)
          .join(' '),
      ),
      table(
        title,
        [
          t('name'),
          t('difference'),
          t('intervalColumn'),
          t('n'),
          ...(tested ? [t('pAdjusted')] : []),
          t('remark'),
        ],
        rows.map((r, i) => [
          r.name,
          ...fields(
            r,
            (x) => signed(x, digits),
            (f) => t('period', signed(f.low, digits), signed(f.high, digits)),
          ),
          ...(tested ? [adjusted[i] === null ? t('none') : probability(adjusted[i])] : []),
          r.reason,
        ]),
      ),
    ]);
  });
}

// {of: {text, ranking}} of every ranked figure.
function ranksOf(snapshot) {
  const ranks = new Map();
  for (const ranking of snapshot.estimates.rankings ?? []) {
    for (const figure of ranking.figures) {
      if ((figure.rank ?? null) === null) continue;
      const low = figure.rank_low ?? figure.rank,
        high = figure.rank_high ?? figure.rank;
      ranks.set(
        figure.of,
        low === high ? t('rankOne', whole(low)) : t('rankRange', whole(low), whole(high)),
      );
    }
  }
  return ranks;
}

// Shares closer than this are equal, as the engine ranks them.
const TIE = 1e-9;

// Equal ones, and at the end those without a number, in the definition's order.
function largestFirst(rows) {
  const left = rows.filter((r) => isNumber(r.figure)),
    sorted = [];
  while (left.length) {
    const most = Math.max(...left.map((r) => r.figure.value));
    for (let i = 0; i < left.length;) {
      if (left[i].figure.value >= most - TIE) sorted.push(...left.splice(i, 1));
      else i++;
    }
  }
  return [...sorted, ...rows.filter((r) => !isNumber(r.figure))];
}

export function questionCards(context, figures) {
  const { wave, snapshot } = context;
  const ranks = ranksOf(snapshot);
  const row = (figure, name) => ({
    ...ofRow(figure, context),
    name,
    rank: isNumber(figure) ? (ranks.get(figure.of) ?? null) : null,
  });
  const single = [];
  const batteries = new Map();
  for (const [id, list] of figures.questions()) {
    const question = wave.questions.get(id);
    if (!question) continue;
    const code = (figure) => figure.of.slice(id.length + 1);
    const sets = list.filter((f) => question.sets.some((s) => s.id === code(f)));
    if (question.battery && sets.length) {
      if (!batteries.has(question.battery))
        batteries.set(question.battery, {
          title: wave.optionLabel(question, code(sets[0])),
          rows: [],
        });
      batteries.get(question.battery).rows.push(row(sets[0], wave.domainLabel(id)));
    } else {
      const rows = list.map((figure) => row(figure, wave.optionLabel(question, code(figure))));
      single.push([
        id,
        label(question.label ?? question.text, id),
        question.kind === 'MULTIPLE' ? largestFirst(rows) : rows,
      ]);
    }
  }
  const all = [
    ...single,
    ...[...batteries].map(([id, { title, rows }]) => [id, title, largestFirst(rows)]),
  ];
  const level = percent(wave.definition.reporting?.confidence_level || 0.95, 0);
  return all.map(([id, title, rows]) => {
    const ranked = rows.some((r) => r.rank);
    return card(`q-${id}`, title, [
      ...shareRows(rows),
      ranked ? element('p', { class: 'note' }, t('rankNote', level)) : null,
      optionPairs(context, id, title),
      table(
        title,
        [
          t('name'),
          ...(ranked ? [t('rank')] : []),
          t('share'),
          t('intervalColumn'),
          t('n'),
          t('remark'),
        ],
        rows.map((r) => [
          r.name,
          ...(ranked ? [r.rank ?? t('none')] : []),
          ...fields(r, (x) => percent(x, 1), shareSpan),
          r.reason,
        ]),
      ),
    ]);
  });
}
