// Responses by local date: what came each day by channel, and all of it against the plan. Dates are texts of the wave's
// own zone; day numbers are counted in UTC, so that days of 23 and 25 hours are days like others.
import { element, svg, table } from './dom.js';
import { date, label, t, whole } from './texts.js';
import { dayNumber, dayText } from './zone.js';

/** @import { History, WaveDefinition } from './schema' */
/** @typedef {{ width: number, height: number, name: string }} Size */
/**
 * @typedef {object} Day
 * @property {string} date
 * @property {number} respondents
 * @property {number[]} channels
 * @property {number | null} sum  of all days until this one; null behind the last that is known
 * @property {number | null} expected
 */

// Every local date of the fieldwork, and of responses outside it, once.
/** @type {(definition: WaveDefinition, history: History) => Day[]} */
export function everyDay(definition, { days, planned }) {
  const known = new Map(days.map((d) => [dayNumber(d.date), d]));
  const expected = new Map((planned ?? []).map((d) => [d.date, d.respondents]));
  const fieldwork = [dayNumber(definition.fieldwork_start), dayNumber(definition.fieldwork_end)];
  const first = Math.min(...known.keys(), ...fieldwork);
  const last = Math.max(...known.keys(), ...fieldwork);
  const lastKnown = Math.max(...known.keys());
  const all = [];
  let sum = 0;
  for (let day = first; day <= last; day++) {
    const { respondents = 0, channels = [] } = known.get(day) ?? {};
    sum += respondents;
    all.push({
      date: dayText(day),
      respondents,
      channels,
      sum: day <= lastKnown ? sum : null,
      expected: expected.get(dayText(day)) ?? null,
    });
  }
  return all;
}

const STEPS = [1, 2, 5].flatMap((x) => [1, 10, 100, 1000, 10_000, 100_000].map((y) => x * y));
STEPS.sort((a, b) => a - b);
const TOP = 8;
const BOTTOM = 24;
const LEFT = 44;

// A plot's frame: gridlines with numbers, and dates below.
/** @type {(all: Day[], most: number, size: Size) => {
 *   chart: SVGElement, x: (i: number) => number, y: (n: number) => number, step: number }} */
function frame(all, most, { width, height, name }) {
  const unit = STEPS.find((s) => s * 4 >= most) ?? Math.ceil(most / 4);
  const end = unit * Math.max(1, Math.ceil(most / unit));
  const step = (width - LEFT - 2) / all.length;
  /** @param {number} i */
  const x = (i) => LEFT + i * step;
  /** @param {number} n */
  const y = (n) => TOP + (height - TOP - BOTTOM) * (1 - n / end);
  const chart = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': name,
  });
  for (let n = 0; n <= end; n += unit) {
    chart.append(
      svg('line', { class: 'gridline', x1: LEFT, x2: width, y1: y(n), y2: y(n) }),
      svg('text', { x: LEFT - 8, y: y(n) + 4, 'text-anchor': 'end' }, whole(n)),
    );
  }
  const every = Math.max(7, 7 * Math.ceil(58 / step / 7));
  for (let i = 0; i < all.length && x(i) + 44 < width; i += every)
    chart.append(svg('text', { x: x(i), y: height - 6 }, date(all[i].date)));
  return { chart, x, y, step };
}

/** @param {number} channel */
const channelClass = (channel) => `channel-${Math.min(channel, 5)}`;

/** @type {(day: Day, names: string[]) => string} */
const dayTitle = (day, names) =>
  [
    date(day.date, { weekday: 'long', day: 'numeric', month: 'long' }),
    ...day.channels.map((n, c) => `${names[c]} ${whole(n)}`),
  ].join('\n');

/** @type {(all: Day[], names: string[], width: number) => SVGElement} */
function bars(all, names, width) {
  const most = Math.max(4, ...all.map((d) => d.respondents));
  const { chart, x, y, step } = frame(all, most, { width, height: 190, name: t('days') });
  all.forEach((day, i) => {
    if (!day.respondents) return;
    const group = svg('g', {}, svg('title', {}, dayTitle(day, names)));
    let below = 0;
    day.channels.forEach((n, c) => {
      if (!n) return;
      const box = {
        class: channelClass(c),
        x: x(i) + step * 0.12,
        width: Math.max(1, step * 0.76),
        y: y(below + n),
        height: y(below) - y(below + n),
      };
      group.append(svg('rect', box));
      below += n;
    });
    chart.append(group);
  });
  return chart;
}

/** @type {(all: Day[], target: number | null, width: number) => SVGElement} */
function againstPlan(all, target, width) {
  const highest = all.map((d) => Math.max(d.sum ?? 0, d.expected ?? 0));
  const size = { width, height: 210, name: t('sumByDay') };
  const { chart, x, y, step } = frame(all, Math.max(4, target ?? 0, ...highest), size);
  /** @type {(points: string[], name: string) => void} */
  const line = (points, name) => {
    if (points.length) chart.append(svg('path', { class: name, d: `M${points.join('L')}` }));
  };
  const plan = all.flatMap(({ expected }, i) =>
    expected === null ? [] : [`${x(i)} ${y(expected)}`, `${x(i) + step} ${y(expected)}`],
  );
  const came = all.flatMap(({ sum }, i) => (sum === null ? [] : [`${x(i + 1)} ${y(sum)}`]));
  if (target) line([`${x(0)} ${y(target)}`, `${x(all.length)} ${y(target)}`], 'target');
  line(plan, 'plan');
  if (came.length) {
    line([`${x(0)} ${y(0)}`, ...came, `${x(came.length)} ${y(0)}`], 'came-area');
    line([`${x(0)} ${y(0)}`, ...came], 'came');
  }
  return chart;
}

/** @type {(mark: string, text: string) => HTMLElement} */
const keyOf = (mark, text) => element('span', {}, element('i', { class: mark }), text);

/** @type {(all: Day[], names: string[], hasPlan: boolean) => HTMLElement} */
function daysTable(all, names, hasPlan) {
  const plan = hasPlan ? [t('planned')] : [];
  const head = [t('date'), ...names, t('total'), t('came'), ...plan];
  const rows = all.flatMap((d) => {
    if (d.sum === null) return [];
    const expected = d.expected === null ? t('none') : whole(Math.round(d.expected));
    return [
      [
        date(d.date),
        ...names.map((_, c) => whole(d.channels[c] ?? 0)),
        whole(d.respondents),
        whole(d.sum),
        ...(hasPlan ? [expected] : []),
      ],
    ];
  });
  return table(t('days'), head, rows);
}

// target: planned respondents.
/**
 * @param {History} history
 * @param {WaveDefinition} definition
 * @param {{ target: number | null, width: number }} look
 * @returns {Element[]}
 */
export function dayCharts(history, definition, { target, width }) {
  if (!history.days.length) return [element('p', { class: 'note' }, t('noDays'))];
  const all = everyDay(definition, history);
  const names = definition.channels.map((c) => label(c.label, c.code));
  const hasPlan = all.some((d) => d.expected !== null);
  return [
    element('p', { class: 'key' }, ...names.map((name, c) => keyOf(channelClass(c), name))),
    bars(all, names, width),
    element('h4', {}, t('sumByDay')),
    element(
      'p',
      { class: 'key' },
      keyOf('line came', t('came')),
      hasPlan ? keyOf('line plan', t('planned')) : null,
      target ? keyOf('line target', t('target', whole(target))) : null,
    ),
    againstPlan(all, target, width),
    daysTable(all, names, hasPlan),
  ];
}
