// Words, numbers and dates as a reader sees them. Labels of the survey itself come from the wave.

/** @import { Text } from './schema' */
/** @import { Words } from './words.js' */
/** @typedef {'da' | 'en'} Language */
/** @typedef {keyof Words['shared'] | keyof Words['page']} Key */
/** @typedef {{ da: string, en: string }} Pair */

/** @type {Language[]} */
const LANGUAGES = ['da', 'en'];
const LOCALES = { da: 'da-DK', en: 'en-GB' };
const STORE = 'panelpuls.language';

/** @type {Language} */
let language = 'da';
/** @type {Record<string, Record<string, Pair>>} */
let catalogue = {};

/** @param {Words} words */
export function useWords(words) {
  catalogue = words;
}

export const languages = () => LANGUAGES;
export const currentLanguage = () => language;

// What was chosen before, else what the browser asks for.
export function startLanguage() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORE);
  } catch {
    /* storage may be off */
  }
  const wished = [stored ?? '', ...(navigator.languages ?? [])].map((l) =>
    l.slice(0, 2).toLowerCase(),
  );
  setLanguage(wished.flatMap((w) => LANGUAGES.filter((l) => l === w))[0] ?? 'da', false);
}

/** @param {Language} code */
export function setLanguage(code, keep = true) {
  language = code;
  document.documentElement.lang = code;
  if (!keep) return;
  try {
    localStorage.setItem(STORE, code);
  } catch {
    /* storage may be off */
  }
}

/** @type {(section: string, key: string) => string | null} */
const find = (section, key) =>
  Object.hasOwn(catalogue[section], key) ? catalogue[section][key][language] : null;

/** @type {(key: Key, ...values: (string | number)[]) => string} */
export function t(key, ...values) {
  const text = find('page', key) ?? find('shared', key);
  if (text === null) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)]));
}

// A name that the engine gives, such as a domain that is no dimension; else the code.
/** @param {string} code */
export const engineName = (code) => find('names', code) ?? code;
/** @param {string} code */
export const dispositionName = (code) => find('dispositions', code) ?? code;

// A label of the wave in the reader's language, else in any, else the code.
/** @type {(text: Text | null | undefined, code: string) => string} */
export const label = (text, code) => text?.[language] || text?.da || text?.en || code;

// Formats are kept: making one costs far more than using it.
/** @type {Map<string, Intl.NumberFormat>} */
const numberFormats = new Map();
/** @type {Map<string, Intl.DateTimeFormat>} */
const dateFormats = new Map();

/** @param {Intl.NumberFormatOptions} options */
function numberFormat(options) {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(LOCALES[language], options);
  numberFormats.set(key, format);
  return format;
}

/** @param {Intl.DateTimeFormatOptions} options */
function dateFormat(options) {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], options);
  dateFormats.set(key, format);
  return format;
}

/** @param {number} digits */
const fixed = (digits) => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });

/** @param {number} x */
export const whole = (x) => numberFormat({ maximumFractionDigits: 0 }).format(x);
/** @param {number} x */
export const decimal = (x, digits = 1) => numberFormat(fixed(digits)).format(x);
// With its sign; what rounds to nought has none.
/** @param {number} x */
export const signed = (x, digits = 1) =>
  numberFormat({ ...fixed(digits), signDisplay: 'exceptZero' })
    .format(x)
    .replace('-', '−');
/** @param {number} x */
export const percent = (x, digits = 1) =>
  numberFormat({ style: 'percent', ...fixed(digits) }).format(x);

// "2025-09-13" and "2025-09-13T14:05:00+02:00" already are the wave's local time: they are shown as they stand, so
// that the browser's own zone changes nothing.
/** @type {Intl.DateTimeFormatOptions} */
const SHORT = { day: 'numeric', month: 'short' };
/** @param {string} text */
export function date(text, style = SHORT) {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return dateFormat({ ...style, timeZone: 'UTC' }).format(new Date(Date.UTC(year, month - 1, day)));
}
/** @param {string} text */
export function time(text) {
  const clock = text.slice(11, 16);
  return language === 'da' ? clock.replace(':', '.') : clock;
}
// The zone's name at that moment, to tell the two hours 02 of a night in autumn apart.
/** @type {(text: string, zone: string) => string} */
export function zoneName(text, zone) {
  const format = dateFormat({ timeZone: zone || 'UTC', timeZoneName: 'short' });
  const parts = format.formatToParts(new Date(text));
  return parts.find((p) => p.type === 'timeZoneName')?.value ?? text.slice(19);
}
// Now, in the wave's zone.
/** @param {string | undefined} zone */
export function timeNow(zone) {
  const format = dateFormat({ hour: '2-digit', minute: '2-digit', timeZone: zone || 'UTC' });
  return format.format(new Date());
}

// A flag in words; `describe` gives the label of "<dimension>=<category>". A flag of a later program is shown as it is.
/** @type {(flag: string, describe: (place: string) => string) => string} */
export function flagText(flag, describe) {
  const [kind, ...rest] = flag.split(':');
  const place = rest.join(':');
  const special = find(place ? 'flags_at' : 'flags_bare', kind);
  return (special ?? find('flags', kind) ?? kind).replace('{0}', describe(place));
}

// "a, b and c".
/** @param {string[]} words */
export function listed(words) {
  if (words.length < 2) return words.join('');
  return t('and', words.slice(0, -1).join(', '), words[words.length - 1]);
}

/** @param {string} text */
export const sentence = (text) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

// A p value: never 0, since it is none.
/** @param {number} p */
export const probability = (p) => (p < 0.001 ? t('pBelow', decimal(0.001, 3)) : decimal(p, 3));
