// Responses by local date: what came each day by channel, and all of it against the plan. Dates are texts of the wave's
// own zone; day numbers are counted in UTC, so that days of 23 and 25 hours are days like others.
import { element, svg, table } from './dom.js';
import { date, label, t, whole } from './texts.js';
import { dayNumber as number, dayText as text } from './zone.js';

// Cumulative share of the last planned date not after the day; null before the first.
function plannedShare(arrivals, channel, day) {
  let last = null;
  for (const a of arrivals) {
    if (
      a.channel === channel &&
      number(a.date) <= day &&
      (last === null || number(a.date) > number(last.date))
    )
      last = a;
  }
  return last === null ? null : last.share;
}

// Respondents the plan expects by the end of a day, as the server's clock part has it.
function expectedBy(definition, target, day) {
  const arrivals = definition.planned_arrivals;
  if (arrivals.some((a) => a.channel === '')) {
    const share = plannedShare(arrivals, '', day);
    return share === null || !target ? null : share * target;
  }
  let sum = null;
  for (const channel of definition.channels) {
    if (!channel.target || !arrivals.some((a) => a.channel === channel.code)) return null;
    const share = plannedShare(arrivals, channel.code, day);
    if (share !== null) sum = (sum ?? 0) + share * channel.target;
  }
  return sum;
}

// Every local date of the fieldwork, and of responses outside it, once.
function everyDay(definition, days, target) {
  const known = new Map(days.map((d) => [number(d.date), d]));
  const numbers = [
    ...known.keys(),
    number(definition.fieldwork_start),
    number(definition.fieldwork_end),
  ];
  const first = Math.min(...numbers),
    last = Math.max(...numbers),
    lastKnown = Math.max(...known.keys());
  const all = [];
  let sum = 0;
  for (let day = first; day <= last; day++) {
    const { respondents = 0, channels = [] } = known.get(day) ?? {};
    sum += respondents;
    all.push({
      date: text(day),
      respondents,
      channels,
      sum: day <= lastKnown ? sum : null,
      expected: expectedBy(definition, target, day),
    });
  }
  return all;
}

// A plot's frame: gridlines with numbers, and dates below.
function frame(all, most, { width, height, name }) {
  const top = 8,
    bottom = 24,
    left = 44;
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000,
    500000,
  ];
  const unit = steps.find((s) => s * 4 >= most) ?? Math.ceil(most / 4);
  const end = unit * Math.max(1, Math.ceil(most / unit));
  const step = (width - left - 2) / all.length;
  const x = (i) => left + i * step;
  const y = (n) => top + (height - top - bottom) * (1 - n / end);
  const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name });
  for (let n = 0; n <= end; n += unit) {
    chart.append(
      svg('line', { class: 'gridline', x1: left, x2: width, y1: y(n), y2: y(n) }),
      svg('text', { x: left - 8, y: y(n) + 4, 'text-anchor': 'end' }, whole(n)),
    );
  }
  const every = Math.max(7, 7 * Math.ceil(58 / step / 7));
  for (let i = 0; i < all.length && x(i) + 44 < width; i += every)
    chart.append(svg('text', { x: x(i), y: height - 6 }, date(all[i].date)));
  return { chart, x, y, step };
}

function bars(all, names, size) {
  const { chart, x, y, step } = frame(all, Math.max(4, ...all.map((d) => d.respondents)), {
    ...size,
    name: t('days'),
  });
  all.forEach((day, i) => {
    if (!day.respondents) return;
    let below = 0;
    const group = svg(
      'g',
      {},
      svg(
        'title',
        {},
        [
          date(day.date, { weekday: 'long', day: 'numeric', month: 'long' }),
          ...day.channels.map((n, c) => `${names[c]} ${whole(n)}`),
        ].join('\n'),
      ),
    );
    day.channels.forEach((n, c) => {
      if (!n) return;
      group.append(
        svg('rect', {
          class: `channel-${Math.min(c, 5)}`,
          x: x(i) + step * 0.12,
          width: Math.max(1, step * 0.76),
          y: y(below + n),
          height: y(below) - y(below + n),
        }),
      );
      below += n;
    });
    chart.append(group);
  });
  return chart;
}

function againstPlan(all, target, size) {
  const { chart, x, y, step } = frame(
    all,
    Math.max(4, target ?? 0, ...all.map((d) => Math.max(d.sum ?? 0, d.expected ?? 0))),
    { ...size, name: t('sumByDay') },
  );
  const line = (points, className) =>
    points.length && chart.append(svg('path', { class: className, d: `M${points.join('L')}` }));
  const plan = [];
  all.forEach((d, i) => {
    if (d.expected === null) return;
    plan.push(`${x(i)} ${y(d.expected)}`, `${x(i) + step} ${y(d.expected)}`);
  });
  if (target) line([`${x(0)} ${y(target)}`, `${x(all.length)} ${y(target)}`], 'target');
  line(plan, 'plan');
  const came = all.filter((d) => d.sum !== null).map((d, i) => `${x(i + 1)} ${y(d.sum)}`);
  if (came.length) line([`${x(0)} ${y(0)}`, ...came, `${x(came.length)} ${y(0)}`], 'came-area');
  if (came.length) line([`${x(0)} ${y(0)}`, ...came], 'came');
  return chart;
}

// days: those of the history; target: planned respondents or null.
export function dayCharts(days, definition, { target, width }) {
  if (!days.length) return [element('p', { class: 'note' }, t('noDays'))];
  const all = everyDay(definition, days, target);
  const names = definition.channels.map((c) => label(c.label, c.code));
  const hasPlan = all.some((d) => d.expected !== null);
  const channelKey = element(
    'p',
    { class: 'key' },
    ...names.map((name, c) =>
      element('span', {}, element('i', { class: `channel-${Math.min(c, 5)}` }), name),
    ),
  );
  const sumKey = element(
    'p',
    { class: 'key' },
    element('span', {}, element('i', { class: 'line came' }), t('came')),
    hasPlan ? element('span', {}, element('i', { class: 'line plan' }), t('planned')) : null,
    target
      ? element('span', {}, element('i', { class: 'line target' }), t('target', whole(target)))
      : null,
  );
  const shown = all.filter((d) => d.sum !== null);
  return [
    channelKey,
    bars(all, names, { width, height: 190 }),
    element('h4', {}, t('sumByDay')),
    sumKey,
    againstPlan(all, target, { width, height: 210 }),
    table(
      t('days'),
      [t('date'), ...names, t('total'), t('came'), ...(hasPlan ? [t('planned')] : [])],
      shown.map((d) => [
        date(d.date),
        ...names.map((_, c) => whole(d.channels[c] ?? 0)),
        whole(d.respondents),
        whole(d.sum),
        ...(hasPlan ? [d.expected === null ? '–' : whole(Math.round(d.expected))] : []),
      ]),
    ),
  ];
}
