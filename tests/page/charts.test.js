import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisOf, scoreClasses, withoutWidest } from '../../src/server/page/charts.js';

test('an axis has nought, all values, and ticks at round numbers', () => {
  const axis = axisOf([2, 7, null, undefined, NaN]);
  assert.deepEqual(axis.ticks, [0, 2, 4, 6]);
  assert.equal(axis.low, 0);
  assert.ok(axis.high > 7 && axis.at(7) < 100);
  assert.deepEqual([axis.at(-5), axis.at(0), axis.at(50)], [0, 0, 100]);
});

test('an axis of values below nought goes on to it', () => {
  const axis = axisOf([-3, -1]);
  assert.equal(axis.high, 0);
  assert.ok(axis.low < -3);
  assert.deepEqual(axis.ticks, [-3, -2, -1, 0]);
});

test('an axis of nothing has room to both sides', () => {
  const axis = axisOf([]);
  assert.equal(axis.at(0), 50);
});

test('the furthest scores are the strongest, and noughts differ', () => {
  assert.deepEqual(scoreClasses([100, 50, 0, 0, -50, -100]), [
    'up-2',
    'up-1',
    'zero-1',
    'zero-2',
    'down-1',
    'down-2',
  ]);
});

test('very wide intervals do not stretch an axis', () => {
  const narrow = [1, 2, 3].map((value) => ({ value, low: value - 1, high: value + 1 }));
  const wide = { value: 4, low: -40, high: 50 };
  const ends = withoutWidest([...narrow, wide, { value: 5, low: null, high: null }]);
  assert.deepEqual(ends, [1, 2, 3, 4, 5, 0, 2, 1, 3, 2, 4]);
});
