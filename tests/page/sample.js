// A small wave and its words, for the page's parts that need no browser.
import { readFileSync } from 'node:fs';
import { Wave } from '../../src/server/page/figures.js';
import { setLanguage, useWords } from '../../src/server/page/texts.js';

/** @import { Figure, Snapshot, WaveInfo } from '../../src/server/page/schema' */

/** @param {string} path */
export const source = (path) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

export const words = JSON.parse(source('report/words.json'));
useWords(words);
// What setLanguage() needs of a document.
Object.assign(globalThis, { document: { documentElement: { lang: '' } } });

/** @param {'da' | 'en'} language */
export const speak = (language) => setLanguage(language, false);

/** @type {(da: string, en: string) => { da: string, en: string }} */
const text = (da, en) => ({ da, en });
const definition = {
  id: 'w',
  fieldwork_start: '2025-10-24',
  fieldwork_end: '2025-10-28',
  time_zone: 'Europe/Copenhagen',
  channels: [
    { code: 'eboks', label: text('e-Boks', 'e-Boks'), target: 10 },
    { code: 'cati', label: null, target: 0 },
  ],
  dimensions: [
    {
      id: 'area',
      label: text('Område', 'Area'),
      categories: [
        { code: 'fyn', label: text('Fyn', 'Funen') },
        { code: 'bornholm', label: text('', 'Bornholm') },
      ],
    },
  ],
  questions: [
    {
      id: 'barriers',
      text: text('Hvad hindrer jer?', 'What hinders you?'),
      label: null,
      kind: 'MULTIPLE',
      battery: '',
      options: [
        { code: 'finance', label: text('Penge', 'Money') },
        { code: 'staff', label: text('Folk', 'Staff') },
        { code: 'none', label: text('Ingen', 'None') },
      ],
      sets: [{ id: 'some', label: text('Nogen', 'Some') }],
    },
  ],
  indicator: {
    label: text('Indikator', 'Indicator'),
    groups: [{ id: 'large', label: text('Stor', 'Large'), score: 100 }],
  },
  weighting: { dimensions: ['area'] },
  reporting: { confidence_level: 0.95, minimum_n_effective: 30 },
  comparisons: [
    {
      id: 'spring',
      label: text('Forår', 'Spring'),
      figures: [{ statistic: 'mean', of: 'indicator', domain: 'area=fyn', value: 3 }],
    },
  ],
};

/** @param {object} changes to the definition */
export const sampleWave = (changes = {}) =>
  new Wave(
    /** @type {WaveInfo} */ (
      /** @type {unknown} */ ({
        definition: { ...definition, ...changes },
        definitions: [],
      })
    ),
  );

/** @param {object} changes @returns {Figure} */
export const figure = (changes = {}) => ({
  statistic: 'mean',
  of: 'indicator',
  domain: '',
  against: '',
  n: 100,
  n_effective: 80,
  value: 2.16,
  se: 1,
  se_interval: 1,
  low: 1.1,
  high: 3.3,
  sequence_low: null,
  sequence_high: null,
  degrees_of_freedom: 70,
  flags: [],
  ...changes,
});

/** @param {object} estimates @param {object} collection */
export function sampleSnapshot(estimates = {}, collection = {}) {
  const snapshot = {
    estimates: {
      calibration: { collapsed_share: 0.184, collapsed_limit: 0.1, flags: [], collapsed: [] },
      flags: [],
      figures: [],
      indicator_digits: 1,
      ...estimates,
    },
    collection: { respondents: 100, ...collection },
  };
  return /** @type {Snapshot} */ (/** @type {unknown} */ (snapshot));
}

export const sampleContext = (estimates = {}, collection = {}) => ({
  wave: sampleWave(),
  snapshot: sampleSnapshot(estimates, collection),
});
