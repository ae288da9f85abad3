// The indicator through the fieldwork: a line with its band by hour, on an axis of real time with a tick at each local
// midnight, so that a day of 25 hours is an hour longer than others and its two hours 02 have a place each.
import { axisOf, pointSpan, withoutWidest } from './charts.js';
import { element, svg, table } from './dom.js';
import { hasFlag, isKnown } from './flags.js';
import { date, percent, signed, t, time, whole, zoneName } from './texts.js';
import { dayNumber, localDays } from './zone.js';

/** @import { HistoryHour, WaveDefinition } from './schema' */
/** @typedef {HistoryHour & { at: number, shown: boolean, reserved: boolean }} Point */
/** @typedef {Point & { value: number }} ShownPoint */
/** @typedef {ReturnType<typeof courseOf>} Course */

const HOUR_MS = 3_600_000;
const LEAST_DAYS = 7;
const BOX = { top: 10, bottom: 26, left: 46, right: 10, height: 260 };
const FOOT = BOX.height - BOX.bottom;

/** @type {(point: Point) => point is ShownPoint} */
const isShown = (point) => point.shown;

/** @type {(hour: HistoryHour) => Point} */
const pointOf = (hour) => ({
  ...hour,
  at: Date.parse(hour.hour) + HOUR_MS,
  shown: isKnown(hour.value) && !hasFlag(hour, 'not_reportable'),
  // On fallback weights: drawn, but not like the others.
  reserved: hasFlag(hour, 'not_converged'),
});

// What both the drawing and the reader's look at an hour need.
/** @type {(hours: HistoryHour[], definition: WaveDefinition, width: number) => {
 *   zone: string, points: Point[], shown: ShownPoint[], days: { date: string, begin: number }[], end: number,
 *   x: (moment: number) => number, y: (value: number) => number, ticks: number[], width: number }} */
export function courseOf(hours, definition, width) {
  const zone = definition.time_zone || 'UTC';
  const points = hours.map(pointOf);
  const numbers = points.map((p) => dayNumber(p.hour));
  const first = Math.min(dayNumber(definition.fieldwork_start), ...numbers);
  const last = Math.max(first + LEAST_DAYS - 1, ...numbers);
  const { days, end } = localDays(zone, first, last);
  const { begin } = days[0];
  const shown = points.filter(isShown);
  /** @param {number} moment */
  const x = (moment) =>
    BOX.left + ((width - BOX.left - BOX.right) * (moment - begin)) / (end - begin);
  const axis = axisOf(shown.length ? withoutWidest(shown) : [-1, 1], { most: 6 });
  // What lies beyond the axis stands at its end.
  /** @param {number} value */
  const y = (value) => BOX.top + (FOOT - BOX.top) * (1 - axis.at(value) / 100);
  return { zone, points, shown, days, end, x, y, ticks: shown.length ? axis.ticks : [0], width };
}

// Runs of hours without a hole in what is shown: a figure that was withheld leaves a gap.
/** @param {Course} course */
export function runsOf({ points }) {
  /** @type {ShownPoint[][]} */
  const runs = [];
  /** @type {ShownPoint[] | null} */
  let open = null;
  for (const point of points) {
    if (!isShown(point)) open = null;
    else if (open && open[0].reserved === point.reserved) open.push(point);
    else runs.push((open = [point]));
  }
  return runs;
}

/** @type {(course: Course) => SVGElement[]} */
function gridOf({ ticks, width, y }) {
  return ticks.flatMap((value) => [
    svg('line', {
      class: value === 0 ? 'nought' : 'gridline',
      x1: BOX.left,
      x2: width - BOX.right,
      y1: y(value),
      y2: y(value),
    }),
    svg(
      'text',
      { x: BOX.left - 8, y: y(value) + 4, 'text-anchor': 'end' },
      signed(value, value % 1 ? 1 : 0),
    ),
  ]);
}

// A tick at each local midnight, with the date where there is room.
/** @type {(course: Course) => SVGElement[]} */
function datesOf({ days, end, width, x }) {
  const room = (width - BOX.left - BOX.right) / days.length;
  const every = room >= 54 ? 1 : room >= 27 ? 2 : 7 * Math.ceil(54 / room / 7);
  return days.flatMap((day, i) => {
    const at = x(day.begin);
    const isNamed = i % every === 0 && at + 40 < width;
    const hours = ((days[i + 1]?.begin ?? end) - day.begin) / HOUR_MS;
    const tick = svg('line', {
      class: 'midnight',
      'data-date': day.date,
      'data-hours': hours,
      x1: at,
      x2: at,
      y1: FOOT,
      y2: FOOT + (isNamed ? 7 : 4),
    });
    if (!isNamed) return [tick];
    return [tick, svg('text', { class: 'date', x: at + 4, y: BOX.height - 6 }, date(day.date))];
  });
}

/** @type {(run: ShownPoint[], course: Course) => SVGElement[]} */
function drawRun(run, { x, y }) {
  const kind = run[0].reserved ? ' reserved' : '';
  const drawn = [];
  const bands = run.flatMap(({ at, low, high }) =>
    isKnown(low) && isKnown(high) ? [{ at, low, high }] : [],
  );
  if (bands.length > 1) {
    const upper = bands.map((p) => `${x(p.at)} ${y(p.high)}`);
    const lower = bands.map((p) => `${x(p.at)} ${y(p.low)}`).reverse();
    drawn.push(svg('path', { class: `band${kind}`, d: `M${[...upper, ...lower].join('L')}Z` }));
  }
  const line = run.map((p) => `${x(p.at)} ${y(p.value)}`);
  drawn.push(
    run.length > 1
      ? svg('path', { class: `line${kind}`, d: `M${line.join('L')}` })
      : svg('circle', { class: 'newest', cx: x(run[0].at), cy: y(run[0].value), r: 3 }),
  );
  return drawn;
}

/** @type {(course: Course, name: string) => SVGElement} */
export function drawCourse(course, name) {
  const { shown, width, x, y } = course;
  const newest = shown.at(-1);
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${BOX.height}`, role: 'img', 'aria-label': name },
    ...gridOf(course),
    ...datesOf(course),
    ...runsOf(course).flatMap((run) => drawRun(run, course)),
    newest ? svg('circle', { class: 'newest', cx: x(newest.at), cy: y(newest.value), r: 5 }) : null,
  );
}

// "søn. 26. okt. kl. 02.00–03.00 CET": with the zone, since that hour may come twice.
/** @type {(zone: string, hour: string) => string} */
export function hourText(zone, hour) {
  const day = date(hour, { weekday: 'short', day: 'numeric', month: 'short' });
  // The end in the hour's own offset, so that both hours 02 read 02-03.
  const next = String((Number(hour.slice(11, 13)) + 1) % 24).padStart(2, '0');
  const end = `${hour.slice(0, 11)}${next}${hour.slice(13)}`;
  return t('courseHour', day, time(hour), time(end), zoneName(hour, zone));
}

/** @param {Point} point */
function whyNotShown(point) {
  if (isKnown(point.value)) return t('withheld');
  const hasFailed = ['infeasible', 'not_converged'].some((kind) => hasFlag(point, kind));
  return t(hasFailed ? 'failed' : 'noFigure');
}

/** @type {(point: Point, digits: number) => string | null} */
function spanText({ low, high }, digits) {
  return isKnown(low) && isKnown(high) ? pointSpan({ low, high }, digits) : null;
}

/** @type {(point: Point, digits: number) => string} */
export function pointText(point, digits) {
  if (!isShown(point)) return whyNotShown(point);
  const span = spanText(point, digits);
  return `${signed(point.value, digits)}${span ? ` (${span})` : ''}`;
}

// The hour nearest to a place of the drawing, 0 to 1 of its width; -1 where there is none.
/** @type {(course: Course, share: number) => number} */
export function nearest({ points, width, x }, share) {
  const distances = points.map((p) => Math.abs(x(p.at) - share * width));
  return distances.indexOf(Math.min(...distances));
}

// The table twin: the last hour of each local date.
/** @type {(course: Course, digits: number) => HTMLElement} */
export function courseTable({ zone, points }, digits) {
  const byDay = new Map(points.map((p) => [p.hour.slice(0, 10), p]));
  const head = [t('courseTable'), t('value'), t('intervalColumn'), t('n')];
  const rows = [...byDay.values()].map((p) => [
    hourText(zone, p.hour),
    isShown(p) ? signed(p.value, digits) : `${t('none')} (${whyNotShown(p).toLowerCase()})`,
    (isShown(p) && spanText(p, digits)) || t('none'),
    whole(p.n),
  ]);
  return table(t('course'), head, rows);
}

/** @param {number} level */
export const courseNote = (level) =>
  element('p', { class: 'note' }, t('courseNote', percent(level, 0)));
