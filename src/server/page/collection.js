// What came in: response rates, channels against their targets, how evenly the categories respond, counters.
import { axisOf, dotRows, pointSpan } from './charts.js';
import { element, place, table } from './dom.js';
import { hasInterval, isKnown, isNumber, reason, remarks, standing } from './flags.js';
import {
  date,
  decimal,
  dispositionName,
  percent,
  signed,
  t,
  time,
  whole,
  zoneName,
} from './texts.js';

/** @import * as schema from './schema' */
/** @import { Context, Wave } from './figures.js' */
/** @import { Key } from './texts.js' */

const RATES = /** @type {const} */ (['rr1', 'rr2', 'rr3', 'rr4', 'rr5', 'rr6']);
const COUNTS = /** @type {const} */ ([
  'complete',
  'partial',
  'refusal',
  'non_contact',
  'other',
  'unknown',
  'ineligible',
]);

/** @param {number | null | undefined} rate */
const rateText = (rate) => (isKnown(rate) ? percent(rate, 1) : t('none'));
/** @param {schema.ResponseRates} response */
const baseText = ({ answered, base }) => t('rateBase', whole(answered), whole(base));

/** @type {(name: string, response: schema.ResponseRates) => HTMLElement} */
const rateRow = (name, response) =>
  element(
    'li',
    {},
    element('span', {}, name),
    element(
      'span',
      { class: 'figure' },
      element('b', {}, rateText(response.rr2)),
      element('small', {}, baseText(response)),
    ),
  );

/** @type {(wave: Wave, channels: schema.ChannelCollection[]) => HTMLElement[]} */
function rateByChannel(wave, channels) {
  const rows = channels.flatMap(({ channel, response }) =>
    response?.base ? [rateRow(wave.channelLabel(channel), response)] : [],
  );
  if (!rows.length) return [];
  return [
    element('ul', { class: 'counts' }, ...rows),
    element('p', { class: 'note' }, t('rateChannelNote')),
  ];
}

/** @param {schema.ResponseRates} response */
function rateTable(response) {
  const counts = COUNTS.map((key) => [dispositionName(key), whole(response[key])]);
  const rates = RATES.map((key) => [key.toUpperCase(), rateText(response[key])]);
  return table(t('responseRate'), [t('disposition'), t('units')], [...counts, ...rates]);
}

// RR2 large, with a dash and its reason where there is none; by channel below.
/** @param {Context} context */
export function responseRate({ wave, snapshot }) {
  const { response, channels } = snapshot.collection;
  const isThere = isKnown(response?.rr2);
  const note = !response
    ? t('rateNoBase')
    : isThere
      ? `${baseText(response)}. ${t('rateNote')}`
      : t('rateNobody');
  const look = { class: `big num ${isThere ? '' : 'absent'}`, id: 'response-rate' };
  return [
    element('h3', {}, t('responseRate')),
    element('p', look, rateText(response?.rr2)),
    element('p', { class: 'note' }, note),
    ...(isThere ? rateByChannel(wave, channels) : []),
    response ? rateTable(response) : null,
  ];
}

/** @param {number | null | undefined} x */
const small = (x) => (isKnown(x) ? decimal(x, 3) : t('none'));

/** @type {(r: number, adjusted: number | null) => string} */
const rText = (r, adjusted) =>
  isKnown(adjusted)
    ? `${t('rBeside', decimal(r, 3))}, ${t('rAdjusted', decimal(adjusted, 3))}`
    : t('rBeside', decimal(r, 3));

// CV with R beside it, never R alone; and each category's contribution.
/** @param {Context} context */
export function representativity({ wave, snapshot }) {
  const found = snapshot.collection.representativity;
  if (!found) return null;
  const { cv, r } = found;
  const beside =
    isKnown(cv) && isKnown(r) ? rText(r, found.r_adjusted) : `${t('cvUnknown')} ${found.reason}`;
  const parts = isKnown(cv) ? (found.dimensions ?? []) : [];
  const hasCategories = parts.some((d) => d.categories.length);
  const note = hasCategories ? `${t('cvNote')} ${t('partialNote')}` : t('cvNote');
  return [
    element('h3', {}, t('representativity')),
    element(
      'p',
      { class: `big num ${isKnown(cv) ? '' : 'absent'}`, id: 'cv' },
      element('small', {}, 'CV '),
      isKnown(cv) ? decimal(cv, 2) : t('none'),
    ),
    element('p', { class: 'note num' }, beside.trim()),
    element('p', { class: 'note' }, note),
    ...parts.flatMap((d) => partials(wave, d)),
    hasCategories ? partialTable(wave, parts) : null,
  ];
}

/** @type {(wave: Wave, parts: schema.DimensionRepresentativity[]) => HTMLElement} */
function partialTable(wave, parts) {
  const head = [t('name'), t('dimension'), t('rate'), t('partialColumn'), t('conditional')];
  const rows = parts.flatMap(({ dimension, categories }) =>
    categories.map((c) => [
      wave.categoryLabel(dimension, c.category),
      wave.domainLabel(dimension),
      rateText(c.rate),
      small(c.unconditional),
      small(c.conditional),
    ]),
  );
  return table(t('representativity'), head, rows);
}

// Bars to both sides of nought: who responds more and less often than all.
/** @type {(wave: Wave, part: schema.DimensionRepresentativity) => HTMLElement[]} */
function partials(wave, { dimension, categories }) {
  const axis = axisOf(categories.map((c) => c.unconditional ?? 0));
  const end = Math.max(-axis.low, axis.high);
  const rows = categories.map((c) => {
    const amount = c.unconditional ?? 0;
    const share = (50 * Math.abs(amount)) / end;
    const [side, left] = amount < 0 ? ['down', 50 - share] : ['up', 50];
    return element(
      'div',
      { class: 'row' },
      element('span', { class: 'name' }, wave.categoryLabel(dimension, c.category)),
      element(
        'span',
        { class: 'plot', 'aria-hidden': 'true' },
        place('zero', 50),
        place(`bar ${side}`, left, { width: `${share}%` }),
      ),
      element('span', { class: 'value' }, rateText(c.rate)),
    );
  });
  return [
    element('h4', {}, wave.domainLabel(dimension)),
    element('div', { class: 'rows amounts' }, ...rows),
  ];
}

// Respondents of a channel against its target, with what was expected by today.
/** @type {(channel: schema.ChannelCollection, name: string, expected: number, colour: string) => HTMLElement} */
function channelMeter({ respondents, target }, name, expected, colour) {
  const end = Math.max(target ?? 0, respondents, expected, 1);
  const fill = element('span', { class: `fill ${colour}` });
  fill.style.width = `${(100 * respondents) / end}%`;
  const meter = element('div', { class: 'meter', 'aria-hidden': 'true' }, fill);
  if (expected) meter.append(place('due', Math.min(99.5, (100 * expected) / end)));
  const goal = isKnown(target) ? ` · ${t('target', whole(target))}` : '';
  const due = t('expectedNow', whole(Math.round(expected)));
  return element(
    'div',
    { class: 'channel' },
    element(
      'div',
      { class: 'channel-head' },
      element('b', {}, name),
      element('span', {}, `${whole(respondents)}${goal}`),
    ),
    meter,
    expected ? element('p', { class: 'note num' }, due) : null,
  );
}

/** @param {Context} context */
export function channelMeters({ wave, snapshot }) {
  const { expected } = snapshot.clock;
  const meters = snapshot.collection.channels.map((c, i) => {
    const due = expected.find((e) => e.channel === c.channel)?.respondents ?? 0;
    return channelMeter(c, wave.channelLabel(c.channel), due, `channel-${Math.min(i, 5)}`);
  });
  return [
    element('h3', {}, t('channels')),
    ...meters,
    expected.length ? element('p', { class: 'note flag' }, t('dueMark')) : null,
  ];
}

// The indicator by channel, weighted and not; null where the program does not say.
/** @param {Context} context */
export function byChannel(context) {
  const { wave, snapshot } = context;
  const found = snapshot.estimates.channel_comparison?.channels ?? [];
  if (!found.length) return null;
  const digits = snapshot.estimates.indicator_digits;
  const rows = found.map((c) => {
    const figure = { ...c, value: c.weighted };
    return {
      name: wave.channelLabel(c.channel),
      figure,
      remarks: remarks(figure, context),
      reason: reason(figure, context),
      earlier: isKnown(c.raw) && standing(figure) !== 'withheld' ? { value: c.raw } : null,
    };
  });
  const ends = rows
    .filter((r) => isNumber(r.figure))
    .flatMap(({ figure, earlier }) => [figure.value, figure.low, figure.high, earlier?.value]);
  const head = [t('name'), t('value'), t('intervalColumn'), t('unweighted'), t('n'), t('remark')];
  const fields = rows.map(({ name, figure, earlier, reason: why }) => [
    name,
    isNumber(figure) ? signed(figure.value, digits) : t('none'),
    hasInterval(figure) ? pointSpan(figure, digits) : t('none'),
    earlier ? signed(earlier.value, digits) : t('none'),
    whole(figure.n),
    why,
  ]);
  return [
    element('h3', {}, t('byChannel')),
    ...dotRows(rows, axisOf(ends), { digits }),
    element('p', { class: 'note' }, t('byChannelNote')),
    table(t('byChannel'), head, fields),
  ];
}

/** @type {(name: string, text: string, properties?: Record<string, unknown>) => HTMLElement} */
const countRow = (name, text, properties = {}) =>
  element('li', {}, element('span', {}, name), element('span', properties, text));

/** @param {Context} context */
export function counters({ wave, snapshot }) {
  const { collection, clock, estimates } = snapshot;
  /** @param {'corrections' | 'withdrawals' | 'tests' | 'marked'} key */
  const sum = (key) => collection.channels.reduce((total, c) => total + c[key], 0);
  /** @type {[Key, number, boolean?][]} */
  const counts = [
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
  const rows = counts.map(([key, n, isAlert]) => {
    const row = countRow(t(key), whole(n));
    row.className = isAlert && n ? 'alert' : '';
    return row;
  });
  const effect = collection.correction_effect;
  if (effect?.corrections && isKnown(effect.difference)) {
    const text = signed(effect.difference, estimates.indicator_digits + 1);
    rows.push(countRow(t('correctionEffect'), text));
  }
  const last = collection.last_receipt;
  if (last) {
    const text = `${date(last)} ${time(last)} ${zoneName(last, wave.definition.time_zone)}`;
    rows.push(countRow(t('lastReceipt'), text, { id: 'last-receipt' }));
  }
  return [
    element('h3', {}, t('counters')),
    element('ul', { class: 'counts' }, ...rows),
    element('p', { class: 'note' }, t('processNote')),
  ];
}
