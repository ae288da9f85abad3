// Drawing figures: small functions from data to elements.
import { element, place } from './dom.js';
import { hasInterval, isKnown, isNumber, standing } from './flags.js';
import { percent, signed, t, whole } from './texts.js';

/** @import { Shown } from './flags.js' */
/** @typedef {Shown & { n: number }} Drawn */
/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Drawn} figure
 * @property {string[]} remarks
 * @property {string} reason
 * @property {{ value: number } | null} [earlier]
 * @property {string | null} [rank]
 */
/**
 * @typedef {object} Axis
 * @property {number} low
 * @property {number} high
 * @property {number[]} ticks
 * @property {(x: number) => number} at
 * @property {() => HTMLElement} labels
 */
/** @typedef {{ name: string, note: string, colour: string, figure: Drawn, reason: string }} Part */

/** @type {(figure: { low: number, high: number }, digits: number) => string} */
export const pointSpan = (figure, digits) =>
  t('period', signed(figure.low, digits), signed(figure.high, digits));
/** @param {{ low: number, high: number }} figure */
export const shareSpan = (figure) =>
  `${percent(figure.low).replace(/\s*%$/, '')}–${percent(figure.high)}`;

// Colour classes of scores: the further from nought, the stronger.
/** @param {number[]} scores */
export function scoreClasses(scores) {
  const largest = Math.max(1e-9, ...scores.map(Math.abs));
  let zeros = 0;
  return scores.map((score) => {
    if (score === 0) return `zero-${(zeros++ % 2) + 1}`;
    return `${score > 0 ? 'up' : 'down'}-${Math.abs(score) > 0.75 * largest ? 2 : 1}`;
  });
}

/** @param {Part} part */
const partText = ({ figure }) => (isNumber(figure) ? percent(figure.value) : t('none'));

// A part says its share where there is room.
/** @param {Part} part */
function piece(part) {
  const share = part.figure.value ?? 0;
  const room = share >= 0.19 ? 'always' : share >= 0.06 ? 'wide' : 'never';
  const node = element(
    'span',
    {
      class: isNumber(part.figure) ? `${part.colour} label-${room}` : 'withheld label-never',
      title: part.reason || `${part.name} ${partText(part)}`,
    },
    element('b', {}, partText(part)),
  );
  node.style.flexGrow = String(share);
  node.style.flexBasis = '0';
  return node;
}

/** @param {Part} part */
function legendLine(part) {
  const { figure } = part;
  const isShown = isNumber(figure);
  return element(
    'li',
    { class: isShown ? '' : 'withheld', title: part.reason },
    element('i', { class: isShown ? part.colour : 'hollow' }),
    element('span', {}, part.name, part.note ? element('small', {}, part.note) : null),
    element(
      'span',
      { class: 'figure' },
      element('b', {}, partText(part)),
      hasInterval(figure) ? element('small', {}, shareSpan(figure)) : null,
    ),
  );
}

// Parts of a whole as one bar with a legend. Parts that are not reportable have neither colour nor number.
/** @type {(parts: Part[], title: string) => HTMLElement[]} */
export function stackedBar(parts, title) {
  const legend = element('ul', { class: 'legend' }, ...parts.map(legendLine));
  const drawn = parts.filter((p) => standing(p.figure) !== 'absent');
  if (!drawn.length) return [legend];
  const said = drawn.map((p) => `${p.name} ${partText(p)}`).join(', ');
  const pieces = drawn.filter((p) => (p.figure.value ?? 0) > 0).map(piece);
  const label = { class: 'stack', role: 'img', 'aria-label': `${title}: ${said}` };
  return [element('div', label, ...pieces), legend];
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000];

// An axis with room for nought and all values, and ticks at round numbers.
/**
 * @param {(number | null | undefined)[]} values
 * @param {{ most?: number, text?: (x: number) => string }} options
 * @returns {Axis}
 */
export function axisOf(values, { most = 5, text = (x) => signed(x, x % 1 ? 1 : 0) } = {}) {
  const known = values.filter(isKnown).filter(Number.isFinite);
  const least = Math.min(0, ...known);
  const largest = Math.max(0, ...known);
  const width = largest - least || 2;
  const low = least < 0 || width === 2 ? least - 0.04 * width : 0;
  const high = largest > 0 || width === 2 ? largest + 0.04 * width : 0;
  const unit = STEPS.find((s) => s * most >= width) ?? width / most;
  const first = Math.ceil(low / unit - 1e-9);
  const ticks = Array.from(
    { length: Math.floor(high / unit + 1e-9) - first + 1 },
    (_, i) => Math.round((first + i) * unit * 1e6) / 1e6,
  );
  /** @param {number} x */
  const at = (x) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low)));
  const labels = () =>
    element('span', { class: 'ticks' }, ...ticks.map((x) => place('', at(x), {}, text(x))));
  return { low, high, ticks, at, labels };
}

// Values and the intervals around them, without the widest: a few very wide ones would make all the rest small.
/** @param {{ value: number | null, low?: number | null, high?: number | null }[]} figures */
export function withoutWidest(figures) {
  const spans = figures.flatMap((f) =>
    isKnown(f.low) && isKnown(f.high) ? [[f.low, f.high]] : [],
  );
  const widths = spans.map(([low, high]) => high - low).sort((a, b) => a - b);
  const most = widths.length ? 2.5 * widths[Math.floor(widths.length / 2)] : 0;
  return [
    ...figures.map((f) => f.value),
    ...spans.filter(([low, high]) => high - low <= most).flat(),
  ];
}

/** @param {Axis} axis */
const grid = (axis) => axis.ticks.map((x) => place(x === 0 ? 'zero' : 'tick', axis.at(x)));

// A whisker; an end beyond the axis fades out instead of pretending to stop there.
/** @type {(axis: Axis, ends: { low: number, high: number }, className: string) => HTMLElement} */
function whisker(axis, { low, high }, className) {
  const cut = `${low < axis.low ? 'cut-low' : ''} ${high > axis.high ? 'cut-high' : ''}`;
  const width = `${axis.at(high) - axis.at(low)}%`;
  return place(`${className} ${cut}`, axis.at(low), { width });
}

// One interval in full width; key: fixed (this look) or every (the sequence).
/** @type {(axis: Axis, figure: { value: number, low: number, high: number, key: string }) => HTMLElement} */
export function intervalLine(axis, { value, low, high, key }) {
  return element(
    'span',
    { class: `plot look-plot ${key}`, 'aria-hidden': 'true' },
    ...grid(axis),
    whisker(axis, { low, high }, 'band'),
    place('dot', axis.at(value)),
  );
}

/** @param {string[]} words */
const chips = (words) =>
  words.length
    ? element(
        'span',
        { class: 'chips' },
        ...words.map((w) => element('span', { class: 'chip' }, w)),
      )
    : null;

/** @type {(row: Row, plot: HTMLElement, value: string, interval: string | null) => HTMLElement} */
function rowShell({ name, remarks, reason, figure, rank }, plot, value, interval) {
  const now = standing(figure);
  return element(
    'div',
    { class: `row ${now}`, 'data-standing': now, title: reason },
    element('span', { class: 'name' }, name, chips([...(rank ? [rank] : []), ...remarks])),
    plot,
    element('span', { class: 'value' }, value, interval ? element('small', {}, interval) : null),
    element('span', { class: 'n' }, `${t('n')} ${whole(figure.n)}`),
  );
}

// Dot for now, whisker for its interval, ring for before. A value without an interval has no colour; what is not
// reportable is a hollow dot with a dashed whisker and no number.
/** @type {(row: Row, axis: Axis, options: { digits: number, reference: number | null }) => HTMLElement} */
function dotRow(row, axis, { digits, reference }) {
  const { figure, earlier } = row;
  const { value, low, high } = figure;
  const plot = element('span', { class: 'plot', 'aria-hidden': 'true' }, ...grid(axis));
  if (reference !== null) plot.append(place('reference', axis.at(reference)));
  if (isKnown(low) && isKnown(high) && !['absent', 'known'].includes(standing(figure)))
    plot.append(whisker(axis, { low, high }, 'span'));
  if (earlier) plot.append(place('ring', axis.at(earlier.value)));
  if (isKnown(value))
    plot.append(place(`dot ${hasInterval(figure) && value < 0 ? 'down' : ''}`, axis.at(value)));
  const now = isNumber(figure) ? signed(figure.value, digits) : t('none');
  const before = earlier ? ` (${signed(earlier.value, digits)})` : '';
  const interval = hasInterval(figure) ? pointSpan(figure, digits) : null;
  return rowShell(row, plot, `${now}${before}`, interval);
}

// One row a category; reference: the value of all.
/** @type {(rows: Row[], axis: Axis, options: { digits: number, reference?: number | null }) => HTMLElement[]} */
export function dotRows(rows, axis, { digits, reference = null }) {
  const drawn = rows.map((row) => dotRow(row, axis, { digits, reference }));
  const scale = element(
    'div',
    { class: 'axis', 'aria-hidden': 'true' },
    element('span'),
    axis.labels(),
    element('span'),
    element('span', { class: 'n' }),
  );
  return [element('div', { class: 'rows' }, ...drawn), scale];
}

/** @type {(row: Row, axis: Axis) => HTMLElement} */
function shareRow(row, axis) {
  const { figure } = row;
  const { value, low, high } = figure;
  const plot = element('span', { class: 'plot bars', 'aria-hidden': 'true' });
  if (isKnown(value)) plot.append(place('fill', 0, { width: `${axis.at(value)}%` }));
  if (isKnown(low) && isKnown(high) && ['shown', 'withheld'].includes(standing(figure)))
    plot.append(whisker(axis, { low, high }, 'span'));
  const now = isNumber(figure) ? percent(figure.value, 1) : t('none');
  return rowShell(row, plot, now, hasInterval(figure) ? shareSpan(figure) : null);
}

// One row an option: its share as a bar with its interval.
/** @param {Row[]} rows */
export function shareRows(rows) {
  const numbers = rows.map((r) => r.figure).filter(isNumber);
  const ends = numbers.map((f) => f.high ?? f.value);
  const axis = axisOf(ends.length ? ends : [1], { most: 4, text: (x) => percent(x, 0) });
  return [element('div', { class: 'rows shares' }, ...rows.map((row) => shareRow(row, axis)))];
}

// A bar a row for any amount.
/** @param {{ name: string, amount: number | null, text: string, note: string }[]} rows */
export function amountRows(rows) {
  const largest = Math.max(1e-12, ...rows.map((r) => r.amount ?? 0));
  const drawn = rows.map(({ name, amount, text, note }) => {
    const plot = element('span', { class: 'plot bars', 'aria-hidden': 'true' });
    const width = `${(100 * Math.max(0, amount ?? 0)) / largest}%`;
    if (amount !== null) plot.append(place('fill', 0, { width }));
    return element(
      'div',
      { class: 'row' },
      element('span', { class: 'name' }, name),
      plot,
      element('span', { class: 'value' }, text, note ? element('small', {}, note) : null),
    );
  });
  return element('div', { class: 'rows amounts' }, ...drawn);
}
