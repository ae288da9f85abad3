// Drawing figures: small functions from data to elements.
import { element, place } from './dom.js';
import { standing } from './flags.js';
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

// Parts of a whole as one bar with a legend. A part says its share where there is room; parts that are not reportable
// have neither colour nor number. parts: [{name, note, figure, colour, reason}]
export function stackedBar(parts, title) {
  const of = (p) => standing(p.figure);
  const isShown = (p) => of(p) !== 'absent' && of(p) !== 'withheld';
  const drawn = parts.filter((p) => of(p) !== 'absent');
  const said = (p) => (isShown(p) ? percent(p.figure.value) : t('none'));
  const bar = element('div', {
    class: 'stack',
    role: 'img',
    'aria-label': `${title}: ${drawn.map((p) => `${p.name} ${said(p)}`).join(', ')}`,
  });
  for (const part of drawn) {
    if (part.figure.value <= 0) continue;
    const { value } = part.figure;
    const room = value >= 0.19 ? 'always' : value >= 0.06 ? 'wide' : 'never';
    const piece = element(
      'span',
      {
        class: isShown(part) ? `${part.colour} label-${room}` : 'withheld label-never',
        title: part.reason || `${part.name} ${said(part)}`,
      },
      element('b', {}, said(part)),
    );
    piece.style.flexGrow = value;
    piece.style.flexBasis = '0';
    bar.append(piece);
  }
  const legend = element(
    'ul',
    { class: 'legend' },
    ...parts.map((p) =>
      element(
        'li',
        { class: isShown(p) ? '' : 'withheld', title: p.reason },
        element('i', { class: isShown(p) ? p.colour : 'hollow' }),
        element('span', {}, p.name, p.note ? element('small', {}, p.note) : null),
        element(
          'span',
          { class: 'figure' },
          element('b', {}, said(p)),
          of(p) === 'shown' ? element('small', {}, shareSpan(p.figure)) : null,
        ),
      ),
    ),
  );
  return drawn.length ? [bar, legend] : [legend];
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000];

// An axis with room for nought and all values and ticks at round numbers: {low, high, ticks, at, labels}.
export function axisOf(values, { most = 5, text = (x) => signed(x, x % 1 ? 1 : 0) } = {}) {
  const known = values.filter((v) => v !== null && v !== undefined && Number.isFinite(v));
  const least = Math.min(0, ...known),
    largest = Math.max(0, ...known);
  const width = largest - least || 2;
  const low = least < 0 || width === 2 ? least - 0.04 * width : 0;
  const high = largest > 0 || width === 2 ? largest + 0.04 * width : 0;
  const unit = STEPS.find((s) => s * most >= width) ?? width / most;
  const first = Math.ceil(low / unit - 1e-9);
  const ticks = Array.from(
    { length: Math.floor(high / unit + 1e-9) - first + 1 },
    (_, i) => Math.round((first + i) * unit * 1e6) / 1e6,
  );
  const at = (x) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low)));
  const labels = () =>
    element('span', { class: 'ticks' }, ...ticks.map((x) => place('', at(x), {}, text(x))));
  return { low, high, ticks, at, labels };
}

// Values and the intervals around them, without the widest: a few very wide ones would make all the rest small.
export function withoutWidest(figures) {
  const bounded = figures.filter((f) => (f.low ?? null) !== null);
  const widths = bounded.map((f) => f.high - f.low).sort((a, b) => a - b);
  const most = widths.length ? 2.5 * widths[Math.floor(widths.length / 2)] : 0;
  return [
    ...figures.map((f) => f.value),
    ...bounded.filter((f) => f.high - f.low <= most).flatMap((f) => [f.low, f.high]),
  ];
}

const grid = (axis) => axis.ticks.map((x) => place(x === 0 ? 'zero' : 'tick', axis.at(x)));

// A whisker; an end beyond the axis fades out instead of pretending to stop there.
function whisker(axis, { low, high }, className) {
  const cut = `${low < axis.low ? 'cut-low' : ''} ${high > axis.high ? 'cut-high' : ''}`;
  return place(`${className} ${cut}`, axis.at(low), { width: `${axis.at(high) - axis.at(low)}%` });
}

// One interval in full width; key: fixed (this look) or every (the sequence).
export function intervalLine(axis, { value, low, high, key }) {
  return element(
    'span',
    { class: `plot look-plot ${key}`, 'aria-hidden': 'true' },
    ...grid(axis),
    whisker(axis, { low, high }, 'band'),
    place('dot', axis.at(value)),
  );
}

const span = (figure, digits) =>
  t('period', signed(figure.low, digits), signed(figure.high, digits));
export const shareSpan = (figure) =>
  `${percent(figure.low).replace(/\s*%$/, '')}–${percent(figure.high)}`;

function chips(words) {
  return words?.length
    ? element(
        'span',
        { class: 'chips' },
        ...words.map((word) => element('span', { class: 'chip' }, word)),
      )
    : null;
}

function rowShell({ name, remarks, reason, figure, rank }, now, plot, value, interval) {
  return element(
    'div',
    { class: `row ${now}`, 'data-standing': now, title: reason },
    element('span', { class: 'name' }, name, chips([...(rank ? [rank] : []), ...(remarks ?? [])])),
    plot,
    element('span', { class: 'value' }, value, interval ? element('small', {}, interval) : null),
    element('span', { class: 'n' }, `${t('n')} ${whole(figure.n)}`),
  );
}

// One row a category: dot for now, whisker for its interval, ring for before. A value without an interval has no colour;
// what is not reportable is a hollow dot with a dashed whisker and no number. rows: [{name, figure, earlier, remarks, reason}]; reference: the value of all.
export function dotRows(rows, axis, { digits, reference = null }) {
  const list = element('div', { class: 'rows' });
  for (const row of rows) {
    const { figure, earlier } = row;
    const now = standing(figure);
    const plot = element(
      'span',
      { class: 'plot', 'aria-hidden': 'true' },
      ...grid(axis),
      reference === null ? null : place('reference', axis.at(reference)),
    );
    if (figure.low !== null && figure.low !== undefined && now !== 'absent' && now !== 'known')
      plot.append(whisker(axis, figure, 'span'));
    if (earlier) plot.append(place('ring', axis.at(earlier.value)));
    if (now !== 'absent')
      plot.append(
        place(`dot ${now === 'shown' && figure.value < 0 ? 'down' : ''}`, axis.at(figure.value)),
      );
    const isNumber = now !== 'absent' && now !== 'withheld';
    const before = earlier ? ` (${signed(earlier.value, digits)})` : '';
    list.append(
      rowShell(
        row,
        now,
        plot,
        isNumber ? `${signed(figure.value, digits)}${before}` : `${t('none')}${before}`,
        now === 'shown' ? span(figure, digits) : null,
      ),
    );
  }
  return [
    list,
    element(
      'div',
      { class: 'axis', 'aria-hidden': 'true' },
      element('span'),
      axis.labels(),
      element('span'),
      element('span', { class: 'n' }),
    ),
  ];
}

// One row an option: its share as a bar with its interval. rows: [{name, figure, remarks, reason, rank}]
export function shareRows(rows) {
  const ends = rows
    .filter((r) => ['shown', 'bare', 'known'].includes(standing(r.figure)))
    .map((r) => r.figure.high ?? r.figure.value);
  const axis = axisOf(ends.length ? ends : [1], { most: 4, text: (x) => percent(x, 0) });
  const list = element('div', { class: 'rows shares' });
  for (const row of rows) {
    const { figure } = row;
    const now = standing(figure);
    const plot = element('span', { class: 'plot bars', 'aria-hidden': 'true' });
    if (now !== 'absent') plot.append(place('fill', 0, { width: `${axis.at(figure.value)}%` }));
    if (now === 'shown' || (now === 'withheld' && (figure.low ?? null) !== null))
      plot.append(whisker(axis, figure, 'span'));
    const isNumber = now !== 'absent' && now !== 'withheld';
    list.append(
      rowShell(
        row,
        now,
        plot,
        isNumber ? percent(figure.value, 1) : t('none'),
        now === 'shown' ? shareSpan(figure) : null,
      ),
    );
  }
  return [list];
}

// A bar a row for any amount. rows: [{name, amount, text, note}]
export function amountRows(rows) {
  const largest = Math.max(1e-12, ...rows.map((r) => r.amount ?? 0));
  return element(
    'div',
    { class: 'rows amounts' },
    ...rows.map(({ name, amount, text, note }) => {
      const plot = element('span', { class: 'plot bars', 'aria-hidden': 'true' });
      if (amount !== null)
        plot.append(place('fill', 0, { width: `${(100 * Math.max(0, amount)) / largest}%` }));
      return element(
        'div',
        { class: 'row' },
        element('span', { class: 'name' }, name),
        plot,
        element('span', { class: 'value' }, text, note ? element('small', {}, note) : null),
      );
    }),
  );
}
