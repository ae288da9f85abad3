// Words, numbers and dates as a reader sees them. Labels of the survey itself come from the wave.

import da from './words-da.js';
import en from './words-en.js';

const CATALOGUE = { da, en };
const LOCALES = { da: 'da-DK', en: 'en-GB' };
const STORE = 'panelpuls.language';

let language = 'da';

export const languages = () => Object.keys(CATALOGUE);
export const currentLanguage = () => language;

// What was chosen before, else what the browser asks for.
export function startLanguage() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORE);
  } catch {
    /* storage may be off */
  }
  const wished = [stored, ...(navigator.languages ?? [])]
    .filter(Boolean)
    .map((l) => l.slice(0, 2).toLowerCase());
  setLanguage(wished.find((l) => l in CATALOGUE) ?? 'da', false);
}

export function setLanguage(code, keep = true) {
  language = code;
  document.documentElement.lang = code;
  if (keep)
    try {
      localStorage.setItem(STORE, code);
    } catch {
      /* storage may be off */
    }
}

export function t(key, ...values) {
  return CATALOGUE[language][key].replace(/\{(\d)\}/g, (_, i) => values[Number(i)]);
}

// A name that the engine gives, such as a domain that is no dimension; else the code.
export const engineName = (code) =>
  Object.hasOwn(CATALOGUE[language].names, code) ? CATALOGUE[language].names[code] : code;

// A label of the wave in the reader's language, else in any, else the code.
export function label(text, code) {
  return text?.[language] || text?.da || text?.en || code;
}

// Formats are kept: making one costs far more than using it.
const formats = new Map();
function kept(kind, options) {
  const key = `${kind.name} ${language} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new kind(LOCALES[language], options));
  return formats.get(key);
}
const numberFormat = (options) => kept(Intl.NumberFormat, options);
const dateFormat = (options) => kept(Intl.DateTimeFormat, options);
export const whole = (x) => numberFormat({ maximumFractionDigits: 0 }).format(x);
export const decimal = (x, digits = 1) =>
  numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(x);
// With its sign; what rounds to nought has none.
export function signed(x, digits = 1) {
  return numberFormat({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  })
    .format(x)
    .replace('-', '−');
}
export const percent = (x, digits = 1) =>
  numberFormat({
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(x);

// "2025-09-13" and "2025-09-13T14:05:00+02:00" already are the wave's local time: they are shown as they stand, so
// that the browser's own zone changes nothing.
export function date(text, style = { day: 'numeric', month: 'short' }) {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return dateFormat({ ...style, timeZone: 'UTC' }).format(new Date(Date.UTC(year, month - 1, day)));
}
export function time(text) {
  const clock = text.slice(11, 16);
  return language === 'da' ? clock.replace(':', '.') : clock;
}
// The zone's name at that moment, to tell the two hours 02 of a night in autumn apart.
export function zoneName(text, zone) {
  const parts = dateFormat({ timeZone: zone || 'UTC', timeZoneName: 'short' }).formatToParts(
    new Date(text),
  );
  return parts.find((p) => p.type === 'timeZoneName')?.value ?? text.slice(19);
}
// Now, in the wave's zone.
export function timeNow(zone) {
  return dateFormat({ hour: '2-digit', minute: '2-digit', timeZone: zone || 'UTC' }).format(
    new Date(),
  );
}

// A flag in words; `describe` gives the label of "<dimension>=<category>". A flag of a later program is shown as it is.
export function flagText(flag, describe) {
  const [kind, ...rest] = flag.split(':');
  const words = CATALOGUE[language];
  if (!rest.length && Object.hasOwn(words.flagsBare, kind)) return words.flagsBare[kind];
  const at =
    rest.length && Object.hasOwn(words.flagsAt, kind) ? words.flagsAt[kind] : words.flags[kind];
  return (at ?? kind).replace('{0}', describe(rest.join(':')));
}

export const dispositionName = (code) => CATALOGUE[language].dispositions[code] ?? code;

// "a, b and c".
export function listed(words) {
  if (words.length < 2) return words.join('');
  return t('and', words.slice(0, -1).join(', '), words.at(-1));
}

export const sentence = (text) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

// A p value: never 0, since it is none.
export const probability = (p) => (p < 0.001 ? t('pBelow', decimal(0.001, 3)) : decimal(p, 3));
