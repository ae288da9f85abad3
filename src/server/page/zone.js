// Local days of the wave's zone as moments: days have 23, 24 or 25 hours. The browser's own zone is never asked.
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** @typedef {{ date: string, begin: number }} LocalDay */

/** @type {Map<string, Intl.DateTimeFormat>} */
const readers = new Map();

/** @param {string} zone */
function reader(zone) {
  const known = readers.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  readers.set(zone, made);
  return made;
}

// The wall clock at a moment, as if it were UTC.
/** @type {(zone: string, moment: number) => number} */
function wall(zone, moment) {
  const all = reader(zone).formatToParts(new Date(moment));
  const parts = Object.fromEntries(all.map((p) => [p.type, Number(p.value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

/** @param {string} text */
export const dayNumber = (text) => Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY_MS;
/** @param {number} number */
export const dayText = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** @type {Map<string, number>} */
const midnights = new Map();

// First moment of a local date.
/** @type {(zone: string, number: number) => number} */
export function midnight(zone, number) {
  const key = `${zone} ${number}`;
  const moment = midnights.get(key) ?? findMidnight(zone, number);
  midnights.set(key, moment);
  return moment;
}

/** @type {(zone: string, number: number) => number} */
function findMidnight(zone, number) {
  const wanted = number * DAY_MS;
  /** @param {number} moment */
  const offset = (moment) => wall(zone, moment) - moment;
  let found = wanted - offset(wanted - offset(wanted));
  // Where clocks go forward at midnight, the date begins an hour later than its 00:00 would.
  while (wall(zone, found) < wanted) found += HOUR_MS / 2;
  return found;
}

// Local dates from `first` to `last` (day numbers), each once, with the moment it begins; and where the last one ends.
/** @type {(zone: string, first: number, last: number) => { days: LocalDay[], end: number }} */
export function localDays(zone, first, last) {
  const days = [];
  for (let number = first; number <= last; number++)
    days.push({ date: dayText(number), begin: midnight(zone, number) });
  return { days, end: midnight(zone, last + 1) };
}
