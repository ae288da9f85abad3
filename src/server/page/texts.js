// Words, numbers and dates as a reader sees them. Labels of the survey itself come from the wave.

const CATALOGUE = {
  da: {
    respondents: 'Respondenter', ofTarget: 'af {0} planlagte', expected: 'Ventet til i dag', day: 'Feltarbejdets dag',
    ofDays: 'af {0}', asOf: 'Opgjort', effective: 'Effektiv stikprøve', designEffect: 'designeffekt {0}',
    noIndicator: 'Ikke opgjort endnu', waiting: 'Venter på det første svar', groups: 'Fordeling på grupper', collection: 'Indsamling',
    channels: 'Svar efter kanal', target: 'mål {0}', dueMark: 'Stregen viser, hvad der var ventet til i dag.', days: 'Svar efter dag',
    noDays: 'Ingen svar endnu.', counters: 'Bag tallene', corrections: 'Rettelser', withdrawals: 'Tilbagetrukne', conflicts: 'Uafklarede konflikter',
    marked: 'Ur, der ikke kan passe', tests: 'Prøvesvar', duplicate: 'Gensendte', rejected: 'Afviste', partial: 'Delvise besvarelser',
    breakOffs: 'Afbrudte besvarelser', processNote: 'Gensendte og afviste er talt, siden programmet startede.', domains: '{0} efter',
    comparisonNote: 'Udfyldt prik: nu. Åben ring og parentes: {0}.', questions: 'Øvrige spørgsmål', table: 'Vis som tabel', date: 'Dato', total: 'I alt', name: 'Kategori',
    value: 'Værdi', live: 'Direkte', connecting: 'Forbinder', lost: 'Forbindelsen er væk siden {0}', stale: 'Ingen nye tal siden {0}',
    simulated: 'Simuleret', share: 'Andel', interval: '{0}-interval {1} til {2}', pointOnly: 'Punktskøn uden usikkerhed: den er ikke opgjort endnu.',
    weightedOn: 'Vægtet til populationen på {0}.', population: 'Population: {0} enheder.', n: 'n', language: 'Sprog',
    sumByDay: 'Svar i alt mod planen', came: 'Svar i alt', planned: 'Planlagt', andMore: 'og {0} mere', announcement: '{0}: {1}. {2} respondenter.',
    names: { channel: 'Kanal', direction: 'Udvikling', increase: 'Fremgang', unchanged: 'Uændret', decline: 'Tilbagegang' },
    flags: {
      not_computed: 'usikkerhed ikke opgjort', empty_category: 'ingen svar endnu fra {0}', not_converged: 'vægtningen kan ikke opfylde populationens tal',
      infeasible: 'vægtningen er umulig for {0}', outside_population: 'svar uden for populationen', not_estimable: 'for få svar til et tal',
      known_from_register: 'kendt fra registret', not_reportable: 'kan ikke vises endnu', leverage: 'hviler på få svar', low_n: 'få svar',
      collapsed: 'små kategorier er slået sammen', assumes_independent_samples: 'forudsætter uafhængige stikprøver',
    },
  },
  en: {
    respondents: 'Respondents', ofTarget: 'of {0} planned', expected: 'Expected by today', day: 'Day of fieldwork',
    ofDays: 'of {0}', asOf: 'As of', effective: 'Effective sample size', designEffect: 'design effect {0}',
    noIndicator: 'Not available yet', waiting: 'Waiting for the first response', groups: 'Shares of the groups', collection: 'Collection',
    channels: 'Responses by channel', target: 'target {0}', dueMark: 'The mark shows what was expected by today.', days: 'Responses by day',
    noDays: 'No responses yet.', counters: 'Behind the figures', corrections: 'Corrections', withdrawals: 'Withdrawals', conflicts: 'Open conflicts',
    marked: 'Clocks that cannot be right', tests: 'Test responses', duplicate: 'Sent again', rejected: 'Rejected', partial: 'Partial responses',
    breakOffs: 'Break-offs', processNote: 'Sent again and rejected are counted since the program started.', domains: '{0} by',
    comparisonNote: 'Filled dot: now. Open ring and brackets: {0}.', questions: 'Other questions', table: 'Show as a table', date: 'Date', total: 'Total', name: 'Category',
    value: 'Value', live: 'Live', connecting: 'Connecting', lost: 'Connection lost since {0}', stale: 'No new figures since {0}',
    simulated: 'Simulated', share: 'Share', interval: '{0} interval {1} to {2}', pointOnly: 'A point estimate without uncertainty: that is not computed yet.',
    weightedOn: 'Weighted to the population on {0}.', population: 'Population: {0} units.', n: 'n', language: 'Language',
    sumByDay: 'All responses against the plan', came: 'All responses', planned: 'Planned', andMore: 'and {0} more', announcement: '{0}: {1}. {2} respondents.',
    names: { channel: 'Channel', direction: 'Direction', increase: 'Increase', unchanged: 'Unchanged', decline: 'Decline' },
    flags: {
      not_computed: 'uncertainty not computed', empty_category: 'no response yet from {0}', not_converged: 'the weights cannot meet the population totals',
      infeasible: 'weighting is impossible for {0}', outside_population: 'responses outside the population', not_estimable: 'too few responses for a figure',
      known_from_register: 'known from the register', not_reportable: 'not reportable yet', leverage: 'rests on few responses', low_n: 'few responses',
      collapsed: 'small categories are collapsed', assumes_independent_samples: 'assumes independent samples',
    },
  },
};
const LOCALES = { da: 'da-DK', en: 'en-GB' };
const STORE = 'panelpuls.language';

let language = 'da';

export const languages = () => Object.keys(CATALOGUE);
export const currentLanguage = () => language;

// What was chosen before, else what the browser asks for.
export function startLanguage() {
  let stored = null;
  try { stored = localStorage.getItem(STORE); } catch { /* storage may be off */ }
  const wished = [stored, ...(navigator.languages ?? [])].filter(Boolean).map((l) => l.slice(0, 2).toLowerCase());
  setLanguage(wished.find((l) => l in CATALOGUE) ?? 'da', false);
}

export function setLanguage(code, keep = true) {
  language = code;
  document.documentElement.lang = code;
  if (keep) try { localStorage.setItem(STORE, code); } catch { /* storage may be off */ }
}

export function t(key, ...values) {
  return CATALOGUE[language][key].replace(/\{(\d)\}/g, (_, i) => values[Number(i)]);
}

// A name that the engine gives, such as a domain that is no dimension; else the code.
export const engineName = (code) => (Object.hasOwn(CATALOGUE[language].names, code) ? CATALOGUE[language].names[code] : code);

// A label of the wave in the reader's language, else in any, else the code.
export function label(text, code) {
  return text?.[language] || text?.da || text?.en || code;
}

const formats = new Map();
function numberFormat(options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALES[language], options));
  return formats.get(key);
}
export const whole = (x) => numberFormat({ maximumFractionDigits: 0 }).format(x);
export const decimal = (x, digits = 1) => numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(x);
// With its sign; what rounds to nought has none.
export function signed(x, digits = 1) {
  return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'exceptZero' })
    .format(x).replace('-', '−');
}
export const percent = (x, digits = 1) => numberFormat({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(x);

// "2025-09-13" and "2025-09-13T14:05:00+02:00" already are the wave's local time: they are shown as they stand, so
// that the browser's own zone changes nothing.
export function date(text, style = { day: 'numeric', month: 'short' }) {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return new Intl.DateTimeFormat(LOCALES[language], { ...style, timeZone: 'UTC' }).format(new Date(Date.UTC(year, month - 1, day)));
}
export function time(text) {
  const clock = text.slice(11, 16);
  return language === 'da' ? clock.replace(':', '.') : clock;
}
// The zone's name at that moment, to tell the two hours 02 of a night in autumn apart.
export function zoneName(text, zone) {
  const parts = new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone || 'UTC', timeZoneName: 'short' }).formatToParts(new Date(text));
  return parts.find((p) => p.type === 'timeZoneName')?.value ?? text.slice(19);
}
// Now, in the wave's zone.
export function timeNow(zone) {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit', timeZone: zone || 'UTC' }).format(new Date());
}

// A flag in words; `describe` gives the label of "<dimension>=<category>".
export function flagText(flag, describe) {
  const [kind, ...rest] = flag.split(':');
  const text = CATALOGUE[language].flags[kind] ?? kind;
  return text.replace('{0}', describe(rest.join(':')));
}
