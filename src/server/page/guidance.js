// Where the next interview is worth most (METHOD M11).
import { amountRows } from './charts.js';
import { table } from './dom.js';
import { isKnown } from './flags.js';
import { card } from './tables.js';
import { decimal, percent, t, whole } from './texts.js';

/** @import { CategoryValueOf, CellGain, CategoryGain, Guidance } from './schema' */
/** @import { Context } from './figures.js' */
/** @typedef {(CellGain | CategoryGain) & { name: string }} Gain */

const SHOWN = 8;

/** @type {(x: number | null, text: (x: number) => string) => string} */
const known = (x, text) => (isKnown(x) ? text(x) : t('none'));

// Two numbers that count, however small: 0,083 %.
/** @param {number} share */
export function gainText(share) {
  const digits = share > 0 ? 1 - Math.floor(Math.log10(100 * share)) : 1;
  return percent(share, Math.min(5, Math.max(1, digits)));
}

/** @param {Gain} gain */
const gainRow = (gain) => ({
  name: gain.name,
  amount: gain.variance_gain_share ?? gain.variance_gain ?? null,
  text: known(gain.variance_gain_share, gainText),
  note: isKnown(gain.open) ? t('openLeft', whole(gain.open)) : `${t('n')} ${whole(gain.n)}`,
});

/** @param {Gain} gain */
const gainFields = (gain) => [
  gain.name,
  known(gain.variance_gain_share, gainText),
  known(gain.representativity_gain, (x) => decimal(x, 5)),
  known(gain.expected_response, (x) => percent(x, 1)),
  known(gain.open, whole),
  whole(gain.n),
];

/** @type {(id: string, title: string, gains: Gain[]) => HTMLElement[]} */
function gainCard(id, title, gains) {
  if (!gains.length) return [];
  const head = [t('name'), t('gain'), t('repGain'), t('expectedResponse'), t('open'), t('n')];
  return [
    card(`guidance-${id}`, title, [
      amountRows(gains.slice(0, SHOWN).map(gainRow)),
      table(title, head, gains.map(gainFields)),
    ]),
  ];
}

// guidance: the document of /v1/guidance, or null.
/** @type {(context: Context, guidance: Guidance | null) => HTMLElement[]} */
export function guidanceCards({ wave }, guidance) {
  /** @param {CategoryValueOf} place */
  const nameOf = ({ dimension, category }) => wave.categoryLabel(dimension, category);
  const categories = (guidance?.categories ?? []).map((c) => ({
    ...c,
    name: `${nameOf(c)} (${wave.domainLabel(c.dimension).toLowerCase()})`,
  }));
  const cells = (guidance?.cells ?? []).map((c) => ({
    ...c,
    name: c.categories.map(nameOf).join(' · '),
  }));
  return [
    ...gainCard('categories', t('guidanceCategories'), categories),
    ...gainCard('cells', t('guidanceCells'), cells),
  ];
}
