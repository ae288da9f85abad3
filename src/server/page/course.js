// The indicator through the fieldwork: a line with its band by hour, on an axis of real time with a tick at each local
// midnight, so that a day of 25 hours is an hour longer than others and its two hours 02 have a place each.
import { axisOf, withoutWidest } from './charts.js';
import { element, svg, table } from './dom.js';
import { hasFlag } from './flags.js';
import { date, percent, signed, t, time, whole, zoneName } from './texts.js';
import { dayNumber, localDays } from './zone.js';

const HOUR_MS = 3_600_000;
const LEAST_DAYS = 7;
const BOX = { top: 10, bottom: 26, left: 46, right: 10, height: 260 };

const isShown = (hour) => hour.value !== null && !hasFlag(hour, 'not_reportable');
// On fallback weights: drawn, but not like the others.
const isReserved = (hour) => hasFlag(hour, 'not_converged');

// What both the drawing and the reader's look at an hour need. hours: those of the history.
export function courseOf(hours, definition, width) {
  const zone = definition.time_zone || 'UTC';
  const points = hours.map((hour) => ({
    ...hour,
    at: Date.parse(hour.hour) + HOUR_MS,
    shown: isShown(hour),
    reserved: isReserved(hour),
  }));
  const numbers = points.map((p) => dayNumber(p.hour));
  const first = Math.min(dayNumber(definition.fieldwork_start), ...numbers);
  const last = Math.max(first + LEAST_DAYS - 1, ...numbers);
  const { days, end } = localDays(zone, first, last);
  const begin = days[0].begin;
  const shown = points.filter((p) => p.shown);
  const x = (moment) =>
    BOX.left + ((width - BOX.left - BOX.right) * (moment - begin)) / (end - begin);
  const axis = axisOf(shown.length ? withoutWidest(shown) : [-1, 1], { most: 6 });
  const y = (value) => BOX.top + (BOX.height - BOX.top - BOX.bottom) * (1 - axis.at(value) / 100);
  return { zone, points, shown, days, begin, end, x, y, axis, width };
}

// Runs of hours without a hole in what is shown: a figure that was withheld leaves a gap.
function runs(course) {
  const list = [];
  let open = null;
  for (const point of course.points) {
    if (!point.shown) open = null;
    else if (open && open[0].reserved === point.reserved) open.push(point);
    else list.push((open = [point]));
  }
  return list;
}

const clampTo = (course, value) => Math.min(course.axis.high, Math.max(course.axis.low, value));

export function drawCourse(course, name) {
  const { x, y, axis, width, days, end } = course;
  const chart = svg('svg', {
    viewBox: `0 0 ${width} ${BOX.height}`,
    role: 'img',
    'aria-label': name,
  });
  const foot = BOX.height - BOX.bottom;
  for (const value of course.shown.length ? axis.ticks : [0]) {
    chart.append(
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
    );
  }
  const room = (width - BOX.left - BOX.right) / days.length;
  const every = room >= 54 ? 1 : room >= 27 ? 2 : 7 * Math.ceil(54 / room / 7);
  days.forEach((day, i) => {
    const at = x(day.begin),
      named = i % every === 0 && at + 40 < width;
    chart.append(
      svg('line', {
        class: 'midnight',
        'data-date': day.date,
        'data-hours': ((days[i + 1]?.begin ?? end) - day.begin) / HOUR_MS,
        x1: at,
        x2: at,
        y1: foot,
        y2: foot + (named ? 7 : 4),
      }),
    );
    if (named)
      chart.append(svg('text', { class: 'date', x: at + 4, y: BOX.height - 6 }, date(day.date)));
  });
  for (const run of runs(course)) {
    const kind = run[0].reserved ? ' reserved' : '';
    const banded = run.filter((p) => p.low !== null);
    if (banded.length > 1) {
      const upper = banded.map((p) => `${x(p.at)} ${y(clampTo(course, p.high))}`);
      const lower = banded.map((p) => `${x(p.at)} ${y(clampTo(course, p.low))}`).reverse();
      chart.append(svg('path', { class: `band${kind}`, d: `M${[...upper, ...lower].join('L')}Z` }));
    }
    const line = run.map((p) => `${x(p.at)} ${y(clampTo(course, p.value))}`);
    chart.append(
      run.length > 1
        ? svg('path', { class: `line${kind}`, d: `M${line.join('L')}` })
        : svg('circle', {
            class: 'newest',
            cx: x(run[0].at),
            cy: y(clampTo(course, run[0].value)),
            r: 3,
          }),
    );
  }
  const newest = course.shown.at(-1);
  if (newest)
    chart.append(
      svg('circle', {
        class: 'newest',
        cx: x(newest.at),
        cy: y(clampTo(course, newest.value)),
        r: 5,
      }),
    );
  return chart;
}

// "søn. 26. okt. kl. 02.00–03.00 CET": with the zone, since that hour may come twice.
export function hourText(course, point) {
  const day = date(point.hour, { weekday: 'short', day: 'numeric', month: 'short' });
  // The end in the hour's own offset, so that both hours 02 read 02-03.
  const end = `${point.hour.slice(0, 11)}${String((Number(point.hour.slice(11, 13)) + 1) % 24).padStart(2, '0')}${point.hour.slice(13)}`;
  return t('courseHour', day, time(point.hour), time(end), zoneName(point.hour, course.zone));
}

export function pointText(point, digits) {
  if (!point.shown) {
    if (point.value !== null) return t('withheld');
    return ['infeasible', 'not_converged'].some((kind) => hasFlag(point, kind))
      ? t('failed')
      : t('noFigure');
  }
  const span =
    point.low === null
      ? ''
      : ` (${t('period', signed(point.low, digits), signed(point.high, digits))})`;
  return `${signed(point.value, digits)}${span}`;
}

// The hour nearest to a place of the drawing, 0 to 1 of its width.
export function nearest(course, share) {
  const moment = share * course.width;
  let best = -1;
  course.points.forEach((p, i) => {
    if (
      best < 0 ||
      Math.abs(course.x(p.at) - moment) < Math.abs(course.x(course.points[best].at) - moment)
    )
      best = i;
  });
  return best;
}

// The table twin: the last hour of each local date.
export function courseTable(course, digits) {
  const byDay = new Map(course.points.map((p) => [p.hour.slice(0, 10), p]));
  return table(
    t('course'),
    [t('courseTable'), t('value'), t('intervalColumn'), t('n')],
    [...byDay.values()].map((p) => [
      hourText(course, p),
      p.shown ? signed(p.value, digits) : `${t('none')} (${pointText(p, digits).toLowerCase()})`,
      p.shown && p.low !== null
        ? t('period', signed(p.low, digits), signed(p.high, digits))
        : t('none'),
      whole(p.n),
    ]),
  );
}

export function courseNote(level) {
  return element('p', { class: 'note' }, t('courseNote', percent(level, 0)));
}
