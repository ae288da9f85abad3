// Local days of the wave's zone as moments: days have 23, 24 or 25 hours. The browser's own zone is never asked.
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const readers = new Map();
function reader(zone) {
  if (!readers.has(zone)) {
    readers.set(
      zone,
      new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
    );
  }
  return readers.get(zone);
}

// The wall clock at a moment, as if it were UTC.
function wall(zone, moment) {
  const parts = Object.fromEntries(
    reader(zone)
      .formatToParts(new Date(moment))
      .map((p) => [p.type, Number(p.value)]),
  );
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

export const dayNumber = (text) => Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY_MS;
export const dayText = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

const midnights = new Map();

// First moment of a local date.
export function midnight(zone, number) {
  const key = `${zone} ${number}`;
  if (!midnights.has(key)) midnights.set(key, findMidnight(zone, number));
  return midnights.get(key);
}

function findMidnight(zone, number) {
  const wanted = number * DAY_MS;
  const offset = (moment) => wall(zone, moment) - moment;
  let moment = wanted - offset(wanted - offset(wanted));
  // Where clocks go forward at midnight, the date begins an hour later than its 00:00 would.
  while (wall(zone, moment) < wanted) moment += HOUR_MS / 2;
  return moment;
}

// Local dates from `first` to `last` (day numbers), each once, with the moment it begins; and where the last one ends.
export function localDays(zone, first, last) {
  const days = [];
  for (let number = first; number <= last; number++)
    days.push({ date: dayText(number), begin: midnight(zone, number) });
  return { days, end: midnight(zone, last + 1) };
}
