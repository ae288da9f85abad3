// The top of the page: the indicator with its two intervals, the facts beside it, and what the interval covers.
import { sequenceSince } from './changes.js';
import { axisOf, intervalLine } from './charts.js';
import { element } from './dom.js';
import { failure, minimumEffective, reason, standing, whyWithheld } from './flags.js';
import {
  date,
  decimal,
  label,
  listed,
  percent,
  sentence,
  signed,
  t,
  time,
  whole,
  zoneName,
} from './texts.js';

// What the hero says of the indicator: {standing, label, text, note}. Where a wave has none: its respondents.
export function headline({ wave, snapshot }, figure) {
  const { estimates, collection } = snapshot;
  if (!wave.indicator || !figure)
    return {
      standing: 'count',
      label: t('respondents'),
      text: whole(collection.respondents),
      note: '',
    };
  const name = label(wave.indicator.label, '');
  const now = standing(figure);
  if (now === 'absent') {
    const failed = failure(estimates);
    const text = failed ? t('failed') : collection.respondents ? t('noFigure') : t('waiting');
    return {
      standing: failed ? 'failed' : 'absent',
      label: name,
      text,
      note: collection.respondents && !failed ? reason(figure, { wave, estimates }) : '',
    };
  }
  if (now === 'withheld')
    return {
      standing: now,
      label: name,
      text: t('withheld'),
      note: whyWithheld(figure, { wave, estimates }),
    };
  return {
    standing: now,
    label: name,
    text: signed(figure.value, wave.digits),
    note: figure.flags.length ? reason(figure, { wave, estimates }) : '',
  };
}

const level = (wave) => percent(wave.definition.reporting?.confidence_level || 0.95, 0);
const span = (low, high, digits) => t('period', signed(low, digits), signed(high, digits));

// How far the effective sample has come towards the first figure that is shown.
function progress(wave, figure) {
  const minimum = minimumEffective(wave);
  const bar = element('span', { class: 'fill' });
  bar.style.width = `${Math.min(100, (100 * (figure.n_effective ?? 0)) / minimum)}%`;
  return [
    element('div', { class: 'meter threshold', 'aria-hidden': 'true' }, bar),
    element(
      'p',
      { class: 'note num' },
      t('progress', decimal(figure.n_effective ?? 0), whole(minimum)),
    ),
  ];
}

// The interval of this look and the sequence on one axis, so that nobody takes the one for the other.
export function intervals({ wave, snapshot }, figure) {
  if (!figure) return [];
  const now = standing(figure);
  if (now === 'withheld' && (figure.n_effective ?? 0) < minimumEffective(wave))
    return progress(wave, figure);
  if (now !== 'shown') return [];
  const { digits } = wave;
  const hasSequence = figure.sequence_low !== null && figure.sequence_low !== undefined;
  const axis = axisOf([
    0,
    figure.low,
    figure.high,
    hasSequence ? figure.sequence_low : null,
    hasSequence ? figure.sequence_high : null,
  ]);
  const line = (key, title, low, high) =>
    element(
      'div',
      { class: `look look-${key}` },
      element('span', { class: 'look-name' }, title),
      intervalLine(axis, { value: figure.value, low, high, key }),
      element('b', { class: 'look-span num' }, span(low, high, digits)),
    );
  return [
    line('fixed', t('fixedLook', level(wave)), figure.low, figure.high),
    hasSequence ? line('every', t('everyLook'), figure.sequence_low, figure.sequence_high) : null,
    element(
      'div',
      { class: 'look look-axis', 'aria-hidden': 'true' },
      element('span'),
      axis.labels(),
      element('span'),
    ),
    hasSequence
      ? element(
          'p',
          { class: 'note' },
          [t('everyLookNote'), sequenceSince(wave, snapshot.collection)].filter(Boolean).join(' '),
        )
      : null,
  ];
}

function fact(name, value, note) {
  return element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', {}, value, note ? element('small', {}, note) : null),
  );
}

// todays: responses of the clock's date, or null when not known.
export function facts({ wave, snapshot }, figure, todays) {
  const { estimates, collection, clock } = snapshot;
  const due = clock.expected.find((e) => e.channel === '') ?? null;
  const planned = collection.planned_respondents
    ? t('ofTarget', whole(collection.planned_respondents))
    : '';
  const today = todays === null ? '' : t('today', signed(todays, 0));
  const isRunning = clock.fieldwork_day > 0 && clock.fieldwork_day <= clock.fieldwork_days;
  const effective = figure?.n_effective ?? estimates.n_effective;
  const worth = effective === null ? '' : t('effective', whole(Math.round(effective)));
  return [
    fact(
      t('respondents'),
      whole(collection.respondents),
      [planned, today].filter(Boolean).join(' · '),
    ),
    figure ? fact(t('basis'), whole(figure.n), figure.n ? worth : '') : null,
    rateFact(collection),
    due ? fact(t('expected'), whole(Math.round(due.respondents))) : null,
    isRunning
      ? fact(t('day'), whole(clock.fieldwork_day), t('ofDays', whole(clock.fieldwork_days)))
      : null,
    fact(
      t('asOf'),
      time(clock.as_of),
      `${date(clock.as_of, { day: 'numeric', month: 'long' })} ${zoneName(clock.as_of, wave.definition.time_zone)}`,
    ),
  ];
}

function rateFact(collection) {
  const rate = collection.response?.rr2 ?? null;
  if (rate === null)
    return fact(
      t('responseRate'),
      t('none'),
      collection.response ? t('rateNobody') : t('rateNoBase'),
    );
  return fact(t('responseRate'), percent(rate, 1), 'RR2');
}

// The difference between those who answer and those who do not that would move the figure by half its interval:
// h / (1 - r), METHOD M10. Null when there is no interval or nobody is missing.
export function biasToMatch(figure, rate) {
  if (standing(figure) !== 'shown' || rate === null || rate >= 1) return null;
  return (figure.high - figure.low) / 2 / (1 - rate);
}

function biasText({ wave, snapshot }, figure) {
  if (standing(figure) !== 'shown') return t('coverageBias');
  const rate = snapshot.collection.response?.rr2 ?? null;
  if (rate === null) return `${t('coverageBias')} ${t('coverageBiasUnknown')}`;
  const difference = biasToMatch(figure, rate);
  if (difference === null) return t('coverageBias');
  const points = (x) => t('points', decimal(x, wave.digits));
  return `${t('coverageBias')} ${t('coverageBiasSize', percent(rate, 1), points(difference), points((figure.high - figure.low) / 2))}`;
}

function representativeOn({ wave, snapshot }) {
  const { estimates } = snapshot;
  const { calibration } = estimates;
  if (!calibration || calibration.method === 'none') return t('coverageUnweighted');
  if (!calibration.converged) return t('coverageOnMissing');
  const names = wave.weightingDimensions().map((id) => wave.domainLabel(id).toLowerCase());
  const collapsed = calibration.collapsed.map((flag) =>
    wave.describe(flag.slice(flag.indexOf(':') + 1)),
  );
  return [
    sentence(t('coverageOn', listed(names))),
    collapsed.length ? t('coverageOnCollapsed', collapsed.join(', ')) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

// What the interval covers, in the page's own words (METHOD M10).
export function coverage(context, figure) {
  if (!figure || !context.snapshot.collection.respondents) return [];
  const sampled =
    (context.wave.definition.design?.base_weights ?? 'BASE_WEIGHTS_NONE') !== 'BASE_WEIGHTS_NONE';
  const { calibration } = context.snapshot.estimates;
  const part = (key, title, text) =>
    element('div', { 'data-part': key }, element('h3', {}, title), element('p', {}, text));
  const hasSequence = (figure.sequence_low ?? null) !== null;
  return [
    part(
      'model',
      t(sampled ? 'coverageSampleTitle' : 'coverageCensusTitle'),
      t(sampled ? 'coverageSample' : 'coverageCensus'),
    ),
    part('bias', t('coverageBiasTitle'), biasText(context, figure)),
    hasSequence ? part('sequence', t('coverageSequenceTitle'), t('coverageSequence')) : null,
    calibration && figure.value !== null
      ? part('on', t('coverageOnTitle'), representativeOn(context))
      : null,
  ];
}

// The page's error state; null when the margins are met.
export function failureBanner({ wave, snapshot }) {
  const failed = failure(snapshot.estimates);
  if (!failed) return null;
  const places = failed.places.map((place) => wave.describe(place));
  const worst =
    failed.worst && failed.error !== null
      ? t('failureWorst', percent(failed.error, 2), wave.describe(failed.worst))
      : '';
  const rounds = failed.rounds ? t('failureRounds', whole(failed.rounds)) : '';
  return [
    element('h2', {}, t(failed.infeasible ? 'failureInfeasible' : 'failureNotConverged')),
    element('p', {}, t(failed.stands ? 'failureStands' : 'failureNoFigures')),
    places.length ? element('p', {}, `${t('failureAt')}:`) : null,
    places.length ? element('ul', {}, ...places.map((place) => element('li', {}, place))) : null,
    worst || rounds
      ? element('p', { class: 'note' }, [worst, rounds].filter(Boolean).join(' '))
      : null,
  ];
}
