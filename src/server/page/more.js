// Figures that no drawing shows, as tables that open: totals, ratios, group shares by domain, crossed domains.
import { element, table } from './dom.js';
import { codeOf, grouped, subjectOf } from './figures.js';
import { hasInterval, isNumber, reason } from './flags.js';
import { decimal, label, percent, signed, t, whole } from './texts.js';

/** @import { Figure } from './schema' */
/** @import { Context, Figures, Wave } from './figures.js' */

// "size&area" of "size=10-49&area=fyn".
/** @param {string} domain */
const axesOf = (domain) =>
  domain
    .split('&')
    .filter(Boolean)
    .map((part) => codeOf(part)[0]);
/** @param {Figure} figure */
const topicOf = ({ of }) => (of.includes('/') ? subjectOf(of)[0] : of);

/** @param {Figure} figure */
function isMore(figure) {
  const isCrossed = figure.domain.includes('&');
  // Parts of crossed domains in which nobody answered are left out.
  if (figure.against || (isCrossed && !figure.n)) return false;
  if (isCrossed || ['total', 'ratio'].includes(figure.statistic)) return true;
  return figure.statistic === 'share' && figure.domain !== '' && figure.of.startsWith('indicator/');
}

/** @type {(statistic: string, x: number, digits: number) => string} */
function numberText(statistic, x, digits) {
  if (statistic === 'total') return whole(Math.max(0, x));
  if (statistic === 'ratio') return decimal(x, 2);
  return statistic === 'share' ? percent(x, 1) : signed(x, digits);
}

/** @param {string} statistic */
function statisticName(statistic) {
  if (statistic === 'total') return t('totals').toLowerCase();
  if (statistic === 'ratio') return t('ratio').toLowerCase();
  return statistic === 'share' ? t('share') : t('value');
}

/** @type {(wave: Wave, figure: Figure) => string} */
function titleOf(wave, figure) {
  const topic = topicOf(figure);
  const subject =
    topic === 'indicator' ? label(wave.indicator?.label, t('total')) : wave.domainLabel(topic);
  const title = `${subject}: ${statisticName(figure.statistic)}`;
  if (!figure.domain) return title;
  const axes = axesOf(figure.domain).map((id) => wave.domainLabel(id).toLowerCase());
  return t('familyBy', title, axes.join(' · '));
}

/** @type {(wave: Wave, figure: Figure) => string} */
function nameOf(wave, { domain, of }) {
  const codes = domain.split('&').filter(Boolean).map(codeOf);
  const names = codes.map(([id, code]) => wave.categoryLabel(id, code));
  if (of.includes('/')) names.push(wave.optionLabelOf(of));
  return names.join(' · ') || t('total');
}

/** @type {(context: Context, list: Figure[]) => HTMLElement} */
function figureTable(context, list) {
  const { wave, snapshot } = context;
  const [{ statistic }] = list;
  /** @param {number} x */
  const text = (x) => numberText(statistic, x, snapshot.estimates.indicator_digits);
  const title = titleOf(wave, list[0]);
  const head = [t('name'), t('value'), t('intervalColumn'), t('n'), t('remark')];
  const rows = list.map((figure) => [
    nameOf(wave, figure),
    isNumber(figure) ? text(figure.value) : t('none'),
    hasInterval(figure) ? t('period', text(figure.low), text(figure.high)) : t('none'),
    whole(figure.n),
    reason(figure, context),
  ]);
  return table(title, head, rows, title);
}

// One card, or none.
/** @type {(context: Context, figures: Figures) => HTMLElement[]} */
export function moreCards(context, figures) {
  const groups = grouped(
    figures.all.filter(isMore),
    (f) => `${f.statistic} ${topicOf(f)} ${axesOf(f.domain).join('&')}`,
  );
  if (!groups.size) return [];
  const tables = [...groups.values()].map((list) => figureTable(context, list));
  const look = { class: 'card', 'data-card': 'more' };
  return [element('div', look, element('h3', {}, t('more')), ...tables)];
}
