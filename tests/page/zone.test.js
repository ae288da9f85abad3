import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayNumber, dayText, localDays, midnight } from '../../src/server/page/zone.js';

const HOUR_MS = 3_600_000;

/** @type {(zone: string, first: string, last: string) => number[]} */
function hours(zone, first, last) {
  const { days, end } = localDays(zone, dayNumber(first), dayNumber(last));
  return days.map((day, i) => ((days[i + 1]?.begin ?? end) - day.begin) / HOUR_MS);
}

test('days have 23, 24 or 25 hours', () => {
  assert.deepEqual(hours('Europe/Copenhagen', '2025-10-25', '2025-10-27'), [24, 25, 24]);
  assert.deepEqual(hours('Europe/Copenhagen', '2026-03-28', '2026-03-30'), [24, 23, 24]);
  assert.deepEqual(hours('UTC', '2025-10-25', '2025-10-27'), [24, 24, 24]);
});

test('a date begins at its own midnight', () => {
  const begin = midnight('Europe/Copenhagen', dayNumber('2025-10-26'));
  assert.equal(new Date(begin).toISOString(), '2025-10-25T22:00:00.000Z');
});

test('where clocks go forward at midnight the date begins an hour later', () => {
  const begin = midnight('America/Santiago', dayNumber('2025-09-07'));
  assert.equal(new Date(begin).toISOString(), '2025-09-07T04:00:00.000Z');
  assert.deepEqual(hours('America/Santiago', '2025-09-06', '2025-09-08'), [24, 23, 24]);
});

test('half hours of offset are kept', () => {
  const begin = midnight('Asia/Kolkata', dayNumber('2025-01-01'));
  assert.equal(new Date(begin).toISOString(), '2024-12-31T18:30:00.000Z');
});

test('numbers of days and their texts are each other', () => {
  for (const text of ['1999-12-31', '2024-02-29', '2025-10-26'])
    assert.equal(dayText(dayNumber(text)), text);
  assert.equal(dayNumber('1970-01-02T23:59:59+14:00'), 1, 'the local date that is written');
});
