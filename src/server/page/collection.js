// What came in: response rates, channels against their targets, how evenly the categories respond, counters.
import { axisOf, dotRows } from './charts.js';
import { element, place, table } from './dom.js';
import { reason, remarks, standing } from './flags.js';
import {
  date,
  decimal,
  dispositionName,
  label,
  percent,
  signed,
  t,
  time,
  whole,
  zoneName,
} from './texts.js';

const RATES = ['rr1', 'rr2', 'rr3', 'rr4', 'rr5', 'rr6'];
const KEYS = ['complete', 'partial', 'refusal', 'non_contact', 'other', 'unknown', 'ineligible'];

// I+P and D+U of METHOD M8.
const answered = (r) => r.complete + r.partial;
const base = (r) => answered(r) + r.refusal + r.non_contact + r.other + r.unknown;

const rateText = (rate) => (rate === null || rate === undefined ? t('none') : percent(rate, 1));

function rateRow(name, response) {
  const rate = response?.rr2 ?? null;
  return element(
    'li',
    {},
    element('span', {}, name),
    element(
      'span',
      { class: 'figure' },
      element('b', {}, rateText(rate)),
      response && base(response)
        ? element('small', {}, t('rateBase', whole(answered(response)), whole(base(response))))
        : null,
    ),
  );
}

// RR2 large, with a dash and its reason where there is none; by channel below.
export function responseRate({ wave, snapshot }) {
  const { collection } = snapshot;
  const all = collection.response ?? null;
  const rate = all?.rr2 ?? null;
  const why = all ? t('rateNobody') : t('rateNoBase');
  const channels = collection.channels.filter((c) => c.response && base(c.response));
  return [
    element('h3', {}, t('responseRate')),
    element(
      'p',
      { class: `big num ${rate === null ? 'absent' : ''}`, id: 'response-rate' },
      rateText(rate),
    ),
    element(
      'p',
      { class: 'note' },
      rate === null
        ? why
        : `${t('rateBase', whole(answered(all)), whole(base(all)))}. ${t('rateNote')}`,
    ),
    rate !== null && channels.length
      ? element(
          'ul',
          { class: 'counts' },
          ...channels.map((c) =>
            rateRow(
              label(wave.channels.find((w) => w.code === c.channel)?.label, c.channel),
              c.response,
            ),
          ),
        )
      : null,
    rate !== null && channels.length ? element('p', { class: 'note' }, t('rateChannelNote')) : null,
    all ? rateTable(collection, all) : null,
  ];
}

function rateTable(collection, all) {
  const rows = KEYS.map((key) => [dispositionName(key), whole(all[key])]);
  const rates = RATES.map((key) => [key.toUpperCase(), rateText(all[key])]);
  return table(t('responseRate'), [t('disposition'), t('units')], [...rows, ...rates]);
}

// CV with R beside it, never R alone; and each category's contribution.
export function representativity({ wave, snapshot }) {
  const found = snapshot.collection.representativity ?? null;
  if (found === null) return null;
  const known = found.cv !== null && found.cv !== undefined;
  const categories =
    found.dimensions?.flatMap((d) => d.categories.map((c) => ({ ...c, dimension: d.dimension }))) ??
    [];
  return [
    element('h3', {}, t('representativity')),
    element(
      'p',
      { class: `big num ${known ? '' : 'absent'}`, id: 'cv' },
      element('small', {}, 'CV '),
      known ? decimal(found.cv, 2) : t('none'),
    ),
    element(
      'p',
      { class: 'note num' },
      known && (found.r ?? null) !== null
        ? rText(found)
        : [t('cvUnknown'), found.reason].filter(Boolean).join(' '),
    ),
    element(
      'p',
      { class: 'note' },
      known && categories.length ? `${t('cvNote')} ${t('partialNote')}` : t('cvNote'),
    ),
    ...(known ? (found.dimensions?.flatMap((d) => partials(wave, d)) ?? []) : []),
    known && categories.length
      ? table(
          t('representativity'),
          [t('name'), t('dimension'), t('rate'), t('partialColumn'), t('conditional')],
          categories.map((c) => [
            wave.categoryLabel(c.dimension, c.category),
            wave.domainLabel(c.dimension),
            rateText(c.rate),
            small(c.unconditional),
            small(c.conditional),
          ]),
        )
      : null,
  ];
}

const small = (x) => (x === null || x === undefined ? t('none') : decimal(x, 3));

function rText(found) {
  const adjusted = found.r_adjusted ?? null;
  return [
    t('rBeside', decimal(found.r, 3)),
    adjusted === null ? '' : t('rAdjusted', decimal(adjusted, 3)),
  ]
    .filter(Boolean)
    .join(', ');
}

// Bars to both sides of nought: who responds more and less often than all.
function partials(wave, { dimension, categories }) {
  const axis = axisOf(categories.map((c) => c.unconditional ?? 0));
  const end = Math.max(-axis.low, axis.high);
  const rows = categories.map((c) => {
    const amount = c.unconditional ?? 0;
    const share = (50 * Math.abs(amount)) / end;
    const plot = element(
      'span',
      { class: 'plot', 'aria-hidden': 'true' },
      place('zero', 50),
      place(`bar ${amount < 0 ? 'down' : 'up'}`, amount < 0 ? 50 - share : 50, {
        width: `${share}%`,
      }),
    );
    return element(
      'div',
      { class: 'row' },
      element('span', { class: 'name' }, wave.categoryLabel(dimension, c.category)),
      plot,
      element('span', { class: 'value' }, rateText(c.rate)),
    );
  });
  return [
    element('h4', {}, wave.domainLabel(dimension)),
    element('div', { class: 'rows amounts' }, ...rows),
  ];
}

// Respondents of a channel against its target, with what was expected by today.
function channelMeter(channel, name, expected, colour) {
  const end = Math.max(channel.target ?? 0, channel.respondents, expected ?? 0, 1);
  const fill = element('span', { class: `fill ${colour}` });
  fill.style.width = `${(100 * channel.respondents) / end}%`;
  const meter = element('div', { class: 'meter', 'aria-hidden': 'true' }, fill);
  if (expected) meter.append(place('due', Math.min(99.5, (100 * expected) / end)));
  const goal = channel.target === null ? '' : ` · ${t('target', whole(channel.target))}`;
  return element(
    'div',
    { class: 'channel' },
    element(
      'div',
      { class: 'channel-head' },
      element('b', {}, name),
      element('span', {}, whole(channel.respondents) + goal),
    ),
    meter,
    expected
      ? element('p', { class: 'note num' }, t('expectedNow', whole(Math.round(expected))))
      : null,
  );
}

export function channels({ wave, snapshot }) {
  const { collection, clock } = snapshot;
  return [
    element('h3', {}, t('channels')),
    ...collection.channels.map((c, i) =>
      channelMeter(
        c,
        label(wave.channels[i]?.label, c.channel),
        clock.expected.find((e) => e.channel === c.channel)?.respondents,
        `channel-${Math.min(i, 5)}`,
      ),
    ),
    clock.expected.length ? element('p', { class: 'note flag' }, t('dueMark')) : null,
  ];
}

// The indicator by channel, weighted and not; null where the program does not say.
export function byChannel({ wave, snapshot }) {
  const found = snapshot.estimates.channel_comparison?.channels ?? [];
  if (!found.length) return null;
  const context = { wave, estimates: snapshot.estimates };
  const { digits } = wave;
  const rows = found.map((c) => {
    const figure = {
      value: c.weighted ?? null,
      low: c.low ?? null,
      high: c.high ?? null,
      n: c.n,
      flags: c.flags ?? [],
    };
    return {
      name: label(wave.channels.find((w) => w.code === c.channel)?.label, c.channel),
      figure,
      remarks: remarks(figure, context),
      reason: reason(figure, context),
      earlier:
        (c.raw ?? null) === null || standing(figure) === 'withheld' ? null : { value: c.raw },
    };
  });
  const isNumber = (r) => !['absent', 'withheld'].includes(standing(r.figure));
  const axis = axisOf(
    rows
      .filter(isNumber)
      .flatMap((r) => [r.figure.value, r.figure.low, r.figure.high, r.earlier?.value ?? null]),
  );
  return [
    element('h3', {}, t('byChannel')),
    ...dotRows(rows, axis, { digits }),
    element('p', { class: 'note' }, t('byChannelNote')),
    table(
      t('byChannel'),
      [t('name'), t('value'), t('intervalColumn'), t('unweighted'), t('n'), t('remark')],
      rows.map((r) => [
        r.name,
        isNumber(r) ? signed(r.figure.value, digits) : t('none'),
        standing(r.figure) === 'shown'
          ? t('period', signed(r.figure.low, digits), signed(r.figure.high, digits))
          : t('none'),
        r.earlier ? signed(r.earlier.value, digits) : t('none'),
        whole(r.figure.n),
        r.reason,
      ]),
    ),
  ];
}

function correctionRow({ wave, snapshot }) {
  const effect = snapshot.collection.correction_effect;
  if (!effect?.corrections || (effect.with ?? null) === null || (effect.without ?? null) === null)
    return null;
  return element(
    'li',
    {},
    element('span', {}, t('correctionEffect')),
    element('span', {}, signed(effect.with - effect.without, wave.digits + 1)),
  );
}

export function counters(context) {
  const { wave, snapshot } = context;
  const { collection, clock } = snapshot;
  const sum = (key) => collection.channels.reduce((total, c) => total + c[key], 0);
  const rows = [
    ['partial', collection.partial],
    ['breakOffs', collection.break_offs],
    ['corrections', sum('corrections')],
    ['withdrawals', sum('withdrawals')],
    ['tests', sum('tests')],
    ['conflicts', collection.conflicts_open, true],
    ['marked', sum('marked'), true],
    ['duplicate', clock.process.duplicate],
    ['rejected', clock.process.rejected, true],
  ];
  const last = collection.last_receipt;
  return [
    element('h3', {}, t('counters')),
    element(
      'ul',
      { class: 'counts' },
      ...rows.map(([key, n, alert]) =>
        element(
          'li',
          { class: alert && n ? 'alert' : '' },
          element('span', {}, t(key)),
          element('span', {}, whole(n)),
        ),
      ),
      correctionRow(context),
      last
        ? element(
            'li',
            {},
            element('span', {}, t('lastReceipt')),
            element(
              'span',
              { id: 'last-receipt' },
              `${date(last)} ${time(last)} ${zoneName(last, wave.definition.time_zone)}`,
            ),
          )
        : null,
    ),
    element('p', { class: 'note' }, t('processNote')),
  ];
}
