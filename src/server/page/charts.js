// Drawing: small functions from data to elements.
import { element, place } from './dom.js';
import { percent, signed, t, whole } from './texts.js';

// Colour classes of scores: the further from nought, the stronger.
export function scoreClasses(scores) {
  const largest = Math.max(1e-9, ...scores.map(Math.abs));
  let zeros = 0;
  return scores.map((score) => {
    if (score === 0) return `zero-${(zeros++ % 2) + 1}`;
    return `${score > 0 ? 'up' : 'down'}-${Math.abs(score) > 0.75 * largest ? 2 : 1}`;
  });
}

// Parts of a whole as one bar with a legend. A part says its share where there is room.
// parts: [{name, note, share, colour}]
export function stackedBar(parts, title) {
  const shown = parts.filter((p) => p.share !== null);
  const bar = element('div', { class: 'stack', role: 'img',
    'aria-label': `${title}: ${shown.map((p) => `${p.name} ${percent(p.share)}`).join(', ')}` });
  for (const part of shown) {
    if (part.share <= 0) continue;
    const room = part.share >= 0.19 ? 'always' : part.share >= 0.06 ? 'wide' : 'never';
    const piece = element('span', { class: `${part.colour} label-${room}`, title: `${part.name} ${percent(part.share)}` },
      element('b', {}, percent(part.share)));
    piece.style.flexGrow = part.share;
    piece.style.flexBasis = '0';
    bar.append(piece);
  }
  const legend = element('ul', { class: 'legend' }, ...parts.map((p) => element('li', {}, element('i', { class: p.colour }),
    element('span', {}, p.name, p.note ? element('small', {}, p.note) : null),
    element('b', {}, p.share === null ? '–' : percent(p.share)))));
  return shown.length ? [bar, legend] : [legend];
}

// A range around nought, of a round number, that holds all values.
export function niceRange(values) {
  const known = values.filter((v) => v !== null && v !== undefined);
  const largest = Math.max(0, ...known.map(Math.abs));
  const steps = [0.5, 1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500, 1000];
  const end = steps.find((s) => s >= largest) ?? Math.ceil(largest);
  return [-end, end];
}

// One row a category: dot for now, ring for before, line for the interval. rows: [{name, figure, earlier, reason}]
export function dotRows(rows, range, digits) {
  const [low, high] = range;
  const at = (x) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low)));
  const ticks = [low, low / 2, 0, high / 2, high];
  const compared = rows.some((r) => r.earlier) ? 'compared' : '';
  const list = element('div', { class: `rows ${compared}` });
  for (const { name, figure, earlier, reason } of rows) {
    const plot = element('span', { class: 'plot' }, ...ticks.map((x) => place(x === 0 ? 'zero' : 'tick', at(x))));
    const absent = figure.value === null;
    if (figure.low !== null && figure.high !== null) {
      plot.append(place('span', at(figure.low), { width: `${at(figure.high) - at(figure.low)}%` }));
    }
    if (earlier) plot.append(place('ring', at(earlier.value)));
    if (!absent) plot.append(place(`dot ${figure.value < 0 ? 'down' : ''}`, at(figure.value)));
    const quiet = absent || figure.flags.includes('low_n') || figure.flags.includes('not_reportable');
    list.append(element('div', { class: `row ${quiet ? 'quiet' : ''}`, title: reason }, element('span', { class: 'name' }, name), plot,
      element('span', { class: 'value' }, absent ? '–' : signed(figure.value, digits)),
      compared ? element('span', { class: 'earlier' }, earlier ? `(${signed(earlier.value, digits)})` : '') : null,
      element('span', { class: 'n' }, `${t('n')} ${whole(figure.n)}`)));
  }
  const axis = element('div', { class: `axis ${compared}`, 'aria-hidden': 'true' }, element('span'),
    element('span', { class: 'ticks' }, ...[low, 0, high].map((x) => place('', at(x), {}, signed(x, x % 1 ? 1 : 0)))));
  return [list, axis];
}

// One row an option: its share as a bar. rows: [{name, figure, reason}]
export function shareRows(rows) {
  const largest = Math.max(0.01, ...rows.map((r) => r.figure.value ?? 0));
  const list = element('div', { class: 'rows' });
  for (const { name, figure, reason } of rows) {
    const plot = element('span', { class: 'plot bars' });
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
  return element('div', { class: 'channel' }, element('div', { class: 'channel-head' },
    element('b', {}, name), element('span', {}, whole(channel.respondents) + goal)), meter,
    expected ? element('p', { class: 'note' }, `${t('expected').toLowerCase()} ${whole(Math.round(expected))}`) : null);
}
