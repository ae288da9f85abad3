// Where the next interview is worth most (METHOD M11). guidance: the document of /v1/guidance, or null.
import { amountRows } from './charts.js';
import { table } from './dom.js';
import { card } from './tables.js';
import { decimal, percent, t, whole } from './texts.js';

const SHOWN = 8;

const openText = (open) => (open === null || open === undefined ? '' : t('openLeft', whole(open)));
const known = (x, text) => (x === null || x === undefined ? t('none') : text(x));

// Two numbers that count, however small: 0,083 %.
function gainText(share) {
  const digits = share > 0 ? Math.min(5, Math.max(1, 1 - Math.floor(Math.log10(100 * share)))) : 1;
  return percent(share, digits);
}

export function guidanceCards({ wave }, guidance) {
  const categoryName = ({ dimension, category }) => wave.categoryLabel(dimension, category);
  const categories = (guidance?.categories ?? []).map((c) => ({
    ...c,
    name: categoryName(c),
    where: wave.domainLabel(c.dimension),
  }));
  const cells = (guidance?.cells ?? []).map((c) => ({
    ...c,
    name: c.categories.map(categoryName).join(' · '),
    where: '',
  }));
  const one = (id, title, list) => {
    if (!list.length) return null;
    const rows = list
      .slice(0, SHOWN)
      .map((r) => ({
        name: r.where ? `${r.name} (${r.where.toLowerCase()})` : r.name,
        amount: r.variance_gain_share ?? r.variance_gain ?? null,
        text: known(r.variance_gain_share, gainText),
        note: openText(r.open) || `${t('n')} ${whole(r.n)}`,
      }));
    return card(`guidance-${id}`, title, [
      amountRows(rows),
      table(
        title,
        [t('name'), t('gain'), t('repGain'), t('expectedResponse'), t('open'), t('n')],
        list.map((r) => [
          r.where ? `${r.name} (${r.where.toLowerCase()})` : r.name,
          known(r.variance_gain_share, gainText),
          known(r.representativity_gain, (x) => decimal(x, 5)),
          known(r.expected_response, (x) => percent(x, 1)),
          known(r.open, whole),
          whole(r.n),
        ]),
      ),
    ]);
  };
  return [
    one('categories', t('guidanceCategories'), categories),
    one('cells', t('guidanceCells'), cells),
  ].filter(Boolean);
}
