import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyDay } from '../../src/server/page/days.js';
import { sampleWave } from './sample.js';

/** @import { History } from '../../src/server/page/schema' */

/** @type {(days: [string, number, number[]][], planned: [string, number][]) => History} */
const historyOf = (days, planned) => ({
  wave: 'w',
  channels: [],
  hours: [],
  days: days.map(([date, respondents, channels]) => ({
    date,
    respondents,
    channels,
    value: null,
    low: null,
    high: null,
    answered: 0,
    day_value: null,
  })),
  planned: planned.map(([date, respondents]) => ({ date, respondents })),
});
const { definition } = sampleWave();

test('every date of the fieldwork stands once, also that of 25 hours', () => {
  const all = everyDay(definition, historyOf([['2025-10-26', 4, [3, 1]]], []));
  assert.deepEqual(
    all.map((d) => d.date),
    ['2025-10-24', '2025-10-25', '2025-10-26', '2025-10-27', '2025-10-28'],
  );
  assert.deepEqual(
    all.map((d) => d.sum),
    [0, 0, 4, null, null],
    'behind the last day that is known there is no sum',
  );
  assert.deepEqual(all[2].channels, [3, 1]);
});

test('responses outside the fieldwork are among the days', () => {
  const all = everyDay(
    definition,
    historyOf(
      [
        ['2025-10-22', 1, [1]],
        ['2025-10-30', 2, [2]],
      ],
      [],
    ),
  );
  assert.equal(all.length, 9);
  assert.deepEqual([all[0].sum, all[8].sum], [1, 3]);
});

test('what was expected is what the server says of the date', () => {
  const planned = /** @type {[string, number][]} */ ([
    ['2025-10-25', 2.5],
    ['2025-10-26', 7],
  ]);
  const all = everyDay(definition, historyOf([['2025-10-24', 1, [1]]], planned));
  assert.deepEqual(
    all.map((d) => d.expected),
    [null, 2.5, 7, null, null],
  );
});
