import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { courseOf, hourText, nearest, pointText, runsOf } from '../../src/server/page/course.js';
import { sampleWave, speak } from './sample.js';

/** @import { HistoryHour } from '../../src/server/page/schema' */

beforeEach(() => speak('da'));
const { definition } = sampleWave();
const WIDTH = 800;

/** @type {(hour: string, value: number | null, flags?: string[]) => HistoryHour} */
const hourOf = (hour, value, flags = []) => ({
  hour,
  n: 5,
  value,
  low: value === null ? null : value - 1,
  high: value === null ? null : value + 1,
  flags,
});

test('two hours 02 have a place each, and the long day is an hour longer', () => {
  const hours = ['2025-10-26T02:00:00+02:00', '2025-10-26T02:00:00+01:00'];
  const course = courseOf(
    hours.map((h) => hourOf(h, 1)),
    definition,
    WIDTH,
  );
  const [first, second] = course.points.map((p) => course.x(p.at));
  const [begin, end] = course.days.slice(2, 4).map((d) => course.x(d.begin));
  assert.equal(course.days.length, 7, 'at least a week');
  assert.ok(Math.abs((end - begin) / (second - first) - 25) < 1e-9);
  assert.deepEqual(
    hours.map((h) => hourText(course.zone, h)),
    ['søn. 26. okt. kl. 02.00–03.00 CEST', 'søn. 26. okt. kl. 02.00–03.00 CET'],
  );
});

test('what is withheld leaves a gap and is not in the axis', () => {
  const course = courseOf(
    [
      hourOf('2025-10-24T08:00:00+02:00', 1),
      hourOf('2025-10-24T09:00:00+02:00', 900, ['not_reportable']),
      hourOf('2025-10-24T10:00:00+02:00', 2),
      hourOf('2025-10-24T11:00:00+02:00', 3),
      hourOf('2025-10-24T12:00:00+02:00', 4, ['not_converged']),
    ],
    definition,
    WIDTH,
  );
  assert.deepEqual(
    runsOf(course).map((run) => run.map((p) => p.value)),
    [[1], [2, 3], [4]],
  );
  assert.ok(Math.max(...course.ticks) < 10);
});

test('an hour is read out with its value, or why there is none', () => {
  const rows = /** @type {const} */ ([
    ['+2,2 (+1,2 til +3,2)', 2.16, []],
    ['Kan ikke vises endnu', 2.16, ['not_reportable']],
    ['Ikke opgjort endnu', null, ['empty_category']],
  ]);
  for (const [said, value, flags] of rows) {
    const hours = [hourOf('2025-10-24T08:00:00+02:00', value, [...flags])];
    assert.equal(pointText(courseOf(hours, definition, WIDTH).points[0], 1), said);
  }
});

test('the nearest hour is found, or none', () => {
  const hours = ['08', '09', '20'].map((h) => hourOf(`2025-10-24T${h}:00:00+02:00`, 1));
  const course = courseOf(hours, definition, WIDTH);
  assert.equal(nearest(course, 0), 0);
  assert.equal(nearest(course, course.x(course.points[1].at) / WIDTH), 1);
  assert.equal(nearest(course, 1), 2);
  assert.equal(nearest(courseOf([], definition, WIDTH), 0.5), -1);
});
