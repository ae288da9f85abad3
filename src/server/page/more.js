// Figures that no drawing shows, as tables that open: totals, ratios, group shares by domain, crossed domains.
import { element, table } from './dom.js';
import { reason, standing } from './flags.js';
import { decimal, label, percent, signed, t, whole } from './texts.js';

const domainOf = (figure) =>
  figure.domain
    .split('&')
    .map((part) => part.slice(0, part.indexOf('=')))
    .join('&');
const subjectOf = (figure) => figure.of.split('/')[0];

function isMore(figure) {
  if (figure.against) return false;
  if (['total', 'ratio'].includes(figure.statistic) || figure.domain.includes('&')) return true;
  return figure.statistic === 'share' && figure.domain !== '' && figure.of.startsWith('indicator/');
}

const TEXT = {
  total: () => (x) => whole(Math.max(0, x)),
  ratio: () => (x) => decimal(x, 2),
  share: () => (x) => percent(x, 1),
  mean: (wave) => (x) => signed(x, wave.digits),
};

function titleOf(wave, figure) {
  const subject =
    subjectOf(figure) === 'indicator'
      ? label(wave.indicator?.label, t('total'))
      : wave.domainLabel(subjectOf(figure));
  const what = { total: t('totals'), ratio: t('ratio'), share: t('share'), mean: t('value') }[
    figure.statistic
  ];
  const title = `${subject}: ${what}`;
  return figure.domain
    ? t(
        'familyBy',
        title,
        domainOf(figure)
          .split('&')
          .map((id) => wave.domainLabel(id).toLowerCase())
          .join(' · '),
      )
    : title;
}

function nameOf(wave, figure) {
  const domain = figure.domain
    .split('&')
    .filter(Boolean)
    .map((part) =>
      wave.categoryLabel(part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)),
    );
  return (
    [...domain, ...(figure.of.includes('/') ? [wave.optionLabelOf(figure.of)] : [])].join(' · ') ||
    t('total')
  );
}

// One card, or none. Parts of crossed domains in which nobody answered are left out.
export function moreCards(context, figures) {
  const { wave } = context;
  const groups = new Map();
  for (const figure of figures.all) {
    if (!isMore(figure) || (figure.domain.includes('&') && !figure.n)) continue;
    const key = `${figure.statistic} ${subjectOf(figure)} ${domainOf(figure)}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(figure);
  }
  if (!groups.size) return [];
  const tables = [...groups.values()].map((list) => {
    const text = TEXT[list[0].statistic](wave);
    const title = titleOf(wave, list[0]);
    return table(
      title,
      [t('name'), t('value'), t('intervalColumn'), t('n'), t('remark')],
      list.map((figure) => {
        const now = standing(figure);
        return [
          nameOf(wave, figure),
          ['absent', 'withheld'].includes(now) ? t('none') : text(figure.value),
          now === 'shown' ? t('period', text(figure.low), text(figure.high)) : t('none'),
          whole(figure.n),
          reason(figure, context),
        ];
      }),
      title,
    );
  });
  return [
    element('div', { class: 'card', 'data-card': 'more' }, element('h3', {}, t('more')), ...tables),
  ];
}
