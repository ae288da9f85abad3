// The top of the page: the indicator with its two intervals, the facts beside it, and what the interval covers.
import { sequenceSince } from './changes.js';
import { axisOf, intervalLine, pointSpan } from './charts.js';
import { element } from './dom.js';
import { failure, hasFlag, hasInterval, isKnown, reason, standing, whyWithheld } from './flags.js';
import {
  date,
  decimal,
  listed,
  percent,
  sentence,
  signed,
  t,
  time,
  whole,
  zoneName,
} from './texts.js';

/** @import { Collection, Figure } from './schema' */
/** @import { Context, Wave } from './figures.js' */

// What the hero says of the indicator. Where a wave has none: its respondents.
/** @type {(context: Context, figure: Figure | null) => Record<'standing' | 'label' | 'text' | 'note', string>} */
export function headline(context, figure) {
  const { wave, snapshot } = context;
  const { estimates, collection } = snapshot;
  if (!wave.indicator || !figure) {
    const text = whole(collection.respondents);
    return { standing: 'count', label: t('respondents'), text, note: '' };
  }
  const label = wave.indicatorLabel;
  if (!isKnown(figure.value)) {
    if (failure(estimates)) return { standing: 'failed', label, text: t('failed'), note: '' };
    if (!collection.respondents) return { standing: 'absent', label, text: t('waiting'), note: '' };
    return { standing: 'absent', label, text: t('noFigure'), note: reason(figure, context) };
  }
  const now = standing(figure);
  if (now === 'withheld')
    return { standing: now, label, text: t('withheld'), note: whyWithheld(figure, context) };
  const text = signed(figure.value, estimates.indicator_digits);
  return { standing: now, label, text, note: reason(figure, context) };
}

// How far the effective sample has come towards the first figure that is shown.
/** @type {(wave: Wave, figure: Figure) => HTMLElement[]} */
function progress(wave, figure) {
  const effective = figure.n_effective ?? 0;
  const minimum = wave.minimumEffective;
  const bar = element('span', { class: 'fill' });
  bar.style.width = `${Math.min(100, (100 * effective) / minimum)}%`;
  return [
    element('div', { class: 'meter threshold', 'aria-hidden': 'true' }, bar),
    element('p', { class: 'note num' }, t('progress', decimal(effective), whole(minimum))),
  ];
}

// The interval of this look and the sequence on one axis, so that nobody takes the one for the other.
/** @type {(context: Context, figure: Figure | null) => (HTMLElement | null)[]} */
export function intervals({ wave, snapshot }, figure) {
  if (!figure) return [];
  if (standing(figure) === 'withheld' && hasFlag(figure, 'low_n_effective'))
    return progress(wave, figure);
  if (!hasInterval(figure)) return [];
  const digits = snapshot.estimates.indicator_digits;
  const { value, low, high, sequence_low: lowest, sequence_high: highest } = figure;
  const axis = axisOf([0, low, high, lowest, highest]);
  /** @type {(key: string, title: string, ends: { low: number, high: number }) => HTMLElement} */
  const line = (key, title, ends) =>
    element(
      'div',
      { class: `look look-${key}` },
      element('span', { class: 'look-name' }, title),
      intervalLine(axis, { value, ...ends, key }),
      element('b', { class: 'look-span num' }, pointSpan(ends, digits)),
    );
  const scale = element(
    'div',
    { class: 'look look-axis', 'aria-hidden': 'true' },
    element('span'),
    axis.labels(),
    element('span'),
  );
  const fixed = line('fixed', t('fixedLook', percent(wave.confidenceLevel, 0)), { low, high });
  if (!isKnown(lowest) || !isKnown(highest)) return [fixed, scale];
  const note = `${t('everyLookNote')} ${sequenceSince(wave, snapshot.collection)}`.trim();
  return [
    fixed,
    line('every', t('everyLook'), { low: lowest, high: highest }),
    scale,
    element('p', { class: 'note' }, note),
  ];
}

/** @type {(name: string, value: string, note?: string) => HTMLElement} */
const fact = (name, value, note = '') =>
  element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', {}, value, note ? element('small', {}, note) : null),
  );

// todays: responses of the clock's date, or null when not known.
/** @type {(context: Context, figure: Figure | null, todays: number | null) => (HTMLElement | null)[]} */
export function facts({ wave, snapshot }, figure, todays) {
  const { estimates, collection, clock } = snapshot;
  const due = clock.expected.find((e) => e.channel === '') ?? null;
  const planned = collection.planned_respondents;
  const ofAll = [
    planned ? t('ofTarget', whole(planned)) : '',
    todays === null ? '' : t('today', signed(todays, 0)),
  ];
  const isRunning = clock.fieldwork_day > 0 && clock.fieldwork_day <= clock.fieldwork_days;
  const effective = figure?.n_effective ?? estimates.n_effective;
  const worth = isKnown(effective) ? t('effective', whole(Math.round(effective))) : '';
  const asOf = clock.as_of;
  const day = date(asOf, { day: 'numeric', month: 'long' });
  return [
    fact(t('respondents'), whole(collection.respondents), ofAll.filter(Boolean).join(' · ')),
    figure ? fact(t('basis'), whole(figure.n), figure.n ? worth : '') : null,
    rateFact(collection),
    due ? fact(t('expected'), whole(Math.round(due.respondents))) : null,
    isRunning
      ? fact(t('day'), whole(clock.fieldwork_day), t('ofDays', whole(clock.fieldwork_days)))
      : null,
    fact(t('asOf'), time(asOf), `${day} ${zoneName(asOf, wave.definition.time_zone)}`),
  ];
}

/** @param {Collection} collection */
function rateFact({ response }) {
  if (!response) return fact(t('responseRate'), t('none'), t('rateNoBase'));
  if (!isKnown(response.rr2)) return fact(t('responseRate'), t('none'), t('rateNobody'));
  return fact(t('responseRate'), percent(response.rr2, 1), 'RR2');
}

/** @type {(context: Context, figure: Figure) => string} */
function biasText({ snapshot }, figure) {
  const { collection, estimates } = snapshot;
  if (!hasInterval(figure)) return t('coverageBias');
  if (!isKnown(collection.response?.rr2)) return `${t('coverageBias')} ${t('coverageBiasUnknown')}`;
  const bias = collection.bias_to_match;
  if (!bias) return t('coverageBias');
  /** @param {number} x */
  const points = (x) => t('points', decimal(x, estimates.indicator_digits));
  const size = t(
    'coverageBiasSize',
    percent(bias.response_rate, 1),
    points(bias.difference),
    points(bias.half_width),
  );
  return `${t('coverageBias')} ${size}`;
}

/** @param {Context} context */
function representativeOn({ wave, snapshot }) {
  const { calibration } = snapshot.estimates;
  if (!calibration || calibration.method === 'none') return t('coverageUnweighted');
  if (!calibration.converged) return t('coverageOnMissing');
  const names = wave.weightingDimensions().map((id) => wave.domainLabel(id).toLowerCase());
  const collapsed = calibration.collapsed.map((flag) =>
    wave.describe(flag.slice(flag.indexOf(':') + 1)),
  );
  const on = sentence(t('coverageOn', listed(names)));
  return collapsed.length ? `${on} ${t('coverageOnCollapsed', collapsed.join(', '))}` : on;
}

// What the interval covers, in the page's own words (METHOD M10).
/** @type {(context: Context, figure: Figure | null) => (HTMLElement | null)[]} */
export function coverage(context, figure) {
  const { wave, snapshot } = context;
  if (!figure || !snapshot.collection.respondents) return [];
  const weights = wave.definition.design?.base_weights ?? 'BASE_WEIGHTS_NONE';
  const isSample = weights !== 'BASE_WEIGHTS_NONE';
  /** @type {(key: string, title: string, text: string) => HTMLElement} */
  const part = (key, title, text) =>
    element('div', { 'data-part': key }, element('h3', {}, title), element('p', {}, text));
  return [
    isSample
      ? part('model', t('coverageSampleTitle'), t('coverageSample'))
      : part('model', t('coverageCensusTitle'), t('coverageCensus')),
    part('bias', t('coverageBiasTitle'), biasText(context, figure)),
    isKnown(figure.sequence_low)
      ? part('sequence', t('coverageSequenceTitle'), t('coverageSequence'))
      : null,
    snapshot.estimates.calibration && isKnown(figure.value)
      ? part('on', t('coverageOnTitle'), representativeOn(context))
      : null,
  ];
}

// The page's error state; null when the margins are met.
/** @param {Context} context */
export function failureBanner({ wave, snapshot }) {
  const failed = failure(snapshot.estimates);
  if (!failed) return null;
  const places = failed.places.map((place) => element('li', {}, wave.describe(place)));
  const worst =
    failed.worst && failed.error !== null
      ? t('failureWorst', percent(failed.error, 2), wave.describe(failed.worst))
      : '';
  const rounds = failed.rounds ? t('failureRounds', whole(failed.rounds)) : '';
  const note = [worst, rounds].filter(Boolean).join(' ');
  return [
    element('h2', {}, t(failed.infeasible ? 'failureInfeasible' : 'failureNotConverged')),
    element('p', {}, t(failed.stands ? 'failureStands' : 'failureNoFigures')),
    places.length ? element('p', {}, `${t('failureAt')}:`) : null,
    places.length ? element('ul', {}, ...places) : null,
    note ? element('p', { class: 'note' }, note) : null,
  ];
}
