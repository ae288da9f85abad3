// Drawing: small functions from data to elements. Styles are set through the style object, so that no inline style is
// needed and the page's content security policy can be strict.
import { date, label, percent, signed, t, whole } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') node.className = value;
    else if (key in node && key !== 'role') node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function place(className, left, extra = {}) {
  const node = element('span', { class: className });
  node.style.left = `${left}%`;
  for (const [key, value] of Object.entries(extra)) node.style[key] = value;
  return node;
}

export function table(head, rows) {
  const cells = (kind, values) => values.map((v) => element(kind, {}, v));
  return element('details', {}, element('summary', {}, t('table')),
    element('div', { class: 'scroll', tabIndex: 0 },
      element('table', {}, element('thead', {}, element('tr', {}, ...cells('th', head))),
        element('tbody', {}, ...rows.map((r) => element('tr', {}, ...cells('td', r)))))));
}

// Colour classes of scores: the further from nought, the stronger.
export function scoreClasses(scores) {
  const largest = Math.max(1e-9, ...scores.map(Math.abs));
  let zeros = 0;
  return scores.map((score) => {
    if (score === 0) return `zero-${(zeros++ % 2) + 1}`;
    return `${score > 0 ? 'up' : 'down'}-${Math.abs(score) > 0.75 * largest ? 2 : 1}`;
  });
}

// Parts of a whole as one bar with a legend. parts: [{name, note, share, colour}]
export function stackedBar(parts, title) {
  const shown = parts.filter((p) => p.share !== null);
  const bar = element('div', { class: 'stack', role: 'img',
    'aria-label': `${title}: ${shown.map((p) => `${p.name} ${percent(p.share)}`).join(', ')}` });
  for (const part of shown) {
    if (part.share <= 0) continue;
    const piece = element('span', { class: part.colour, title: `${part.name} ${percent(part.share)}` });
    piece.style.flexGrow = part.share;
    piece.style.flexBasis = '0';
    bar.append(piece);
  }
  const legend = element('ul', { class: 'legend' }, ...parts.map((p) => element('li', {}, element('i', { class: p.colour }),
    element('span', {}, p.name, p.note ? element('small', {}, p.note) : null),
    element('b', {}, p.share === null ? '–' : percent(p.share)))));
  return shown.length ? [bar, legend] : [legend];
}

// A range of whole fives that holds all values and nought.
export function niceRange(values) {
  const known = values.filter((v) => v !== null && v !== undefined);
  const largest = Math.max(0, ...known.map(Math.abs));
  const steps = [0.5, 1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500, 1000];
  const end = steps.find((s) => s >= largest) ?? Math.ceil(largest);
  return [-end, end];
}

// One row a category: dot for now, ring for before, line for the interval. rows: [{name, figure, earlier, reason}]
export function dotRows(rows, range) {
  const [low, high] = range;
  const at = (x) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low)));
  const list = element('div', { class: 'rows' });
  for (const { name, figure, earlier, reason } of rows) {
    const plot = element('span', { class: 'plot' }, place('zero', at(0)));
    const absent = figure.value === null;
    if (figure.low !== null && figure.high !== null) {
      plot.append(place('span', at(figure.low), { width: `${at(figure.high) - at(figure.low)}%` }));
    }
    if (earlier) plot.append(place('ring', at(earlier.value)));
    if (!absent) plot.append(place(`dot ${figure.value < 0 ? 'down' : ''}`, at(figure.value)));
    plot.title = [absent ? reason : signed(figure.value), earlier ? `(${signed(earlier.value)})` : ''].join(' ').trim();
    const quiet = absent || figure.flags.includes('low_n') || figure.flags.includes('not_reportable');
    list.append(element('div', { class: `row ${quiet ? 'quiet' : ''}`, title: reason }, element('span', { class: 'name' }, name), plot,
      element('span', { class: 'value' }, absent ? '–' : signed(figure.value)),
      element('span', { class: 'n' }, `${t('n')} ${whole(figure.n)}`)));
  }
  const axis = element('div', { class: 'axis', 'aria-hidden': 'true' }, element('span'),
    element('span', { class: 'ticks' }, ...[low, 0, high].map((x) => element('span', {}, signed(x, x % 1 ? 1 : 0)))),
    element('span'), element('span', { class: 'head n' }));
  return [list, axis];
}

// One row an option: its share as a bar. rows: [{name, figure, reason}]
export function shareRows(rows) {
  const largest = Math.max(0.01, ...rows.map((r) => r.figure.value ?? 0));
  const list = element('div', { class: 'rows' });
  for (const { name, figure, reason } of rows) {
    const plot = element('span', { class: 'plot' });
    if (figure.value !== null) plot.append(place('fill', 0, { width: `${(100 * figure.value) / largest}%` }));
    list.append(element('div', { class: `row ${figure.value === null ? 'quiet' : ''}`, title: reason },
      element('span', { class: 'name' }, name), plot,
      element('span', { class: 'value' }, figure.value === null ? '–' : percent(figure.value, 0)),
      element('span', { class: 'n' }, `${t('n')} ${whole(figure.n)}`)));
  }
  return [list];
}

// Respondents of a channel against its target, with what was expected by today.
export function channelMeter(channel, name, expected, colour) {
  const end = Math.max(channel.target ?? 0, channel.respondents, expected ?? 0, 1);
  const fill = element('span', { class: `fill ${colour}` });
  fill.style.width = `${(100 * channel.respondents) / end}%`;
  const meter = element('div', { class: 'meter', 'aria-hidden': 'true' }, fill);
  if (expected) meter.append(place('due', Math.min(99.5, (100 * expected) / end)));
  const goal = channel.target === null ? '' : ` · ${t('target', whole(channel.target))}`;
  const due = expected ? ` · ${t('expected').toLowerCase()} ${whole(Math.round(expected))}` : '';
  return element('div', { class: 'channel' }, element('div', { class: 'channel-head' },
    element('b', {}, name), element('span', {}, whole(channel.respondents) + goal)), meter,
    due ? element('p', { class: 'note' }, due.slice(3)) : null);
}

// Every local date from the first to the last once, also those without a response.
function everyDate(days) {
  const known = new Map(days.map((d) => [d.date, d]));
  const dates = [];
  const last = Date.parse(`${days[days.length - 1].date}T00:00:00Z`);
  for (let at = Date.parse(`${days[0].date}T00:00:00Z`); at <= last; at += 86_400_000) {
    const text = new Date(at).toISOString().slice(0, 10);
    dates.push(known.get(text) ?? { date: text, respondents: 0, channels: [] });
  }
  return dates;
}

// Respondents by local date, stacked by channel.
export function dayChart(days, channels, width) {
  if (!days.length) return [element('p', { class: 'note' }, t('noDays'))];
  const dates = everyDate(days);
  const height = 190, top = 8, bottom = 24, left = 40;
  const inner = Math.max(120, width - left - 4);
  const step = inner / dates.length;
  const steps = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000];
  const most = Math.max(1, ...dates.map((d) => d.respondents));
  const unit = steps.find((s) => s * 4 >= most) ?? Math.ceil(most / 4);
  const end = unit * Math.ceil(most / unit);
  const y = (n) => top + (height - top - bottom) * (1 - n / end);
  const names = channels.map((c) => label(c.label, c.code));
  const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': t('days') });
  for (let n = 0; n <= end; n += unit) {
    chart.append(svg('line', { class: 'gridline', x1: left, x2: width, y1: y(n), y2: y(n) }),
      svg('text', { x: left - 8, y: y(n) + 4, 'text-anchor': 'end' }, whole(n)));
  }
  const every = Math.max(1, Math.ceil(62 / step));
  dates.forEach((day, i) => {
    let below = 0;
    const x = left + i * step;
    const bars = svg('g', {}, svg('title', {}, [date(day.date), ...day.channels.map((n, c) => `${names[c]} ${whole(n)}`)].join('\n')));
    day.channels.forEach((n, c) => {
      if (!n) return;
      bars.append(svg('rect', { class: `channel-${Math.min(c, 5)}`, x: x + step * 0.12, width: Math.max(1, step * 0.76),
        y: y(below + n), height: y(below) - y(below + n) }));
      below += n;
    });
    chart.append(bars);
    if (i % every === 0 && x + 40 < width + 10) chart.append(svg('text', { x, y: height - 6 }, date(day.date)));
  });
  const key = element('p', { class: 'key' }, ...names.map((name, c) => element('span', {}, element('i', { class: `channel-${Math.min(c, 5)}` }), name)));
  const twin = table([t('date'), ...names, t('total')],
    dates.map((d) => [date(d.date), ...names.map((_, c) => whole(d.channels[c] ?? 0)), whole(d.respondents)]));
  return [names.length > 1 ? key : null, chart, twin].filter(Boolean);
}
