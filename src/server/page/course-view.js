// The reader's look at one hour of the course: by pointer or by arrow keys, read out in words.
import {
  courseNote,
  courseOf,
  courseTable,
  drawCourse,
  hourText,
  nearest,
  pointText,
} from './course.js';
import { byId, element, update } from './dom.js';
import { t, whole } from './texts.js';

/** @import { HistoryHour, WaveDefinition } from './schema' */

export class CourseView {
  constructor() {
    this.digits = 1;
    /** @type {import('./course.js').Course | null} */
    this.course = null;
    /** @type {string | null} text of the hour; null: the newest */
    this.chosen = null;
    const plot = byId('course-plot');
    plot.tabIndex = 0;
    plot.addEventListener('pointermove', (event) => {
      if (!this.course) return;
      const { left, width } = plot.getBoundingClientRect();
      this.choose(nearest(this.course, (event.clientX - left) / width));
    });
    plot.addEventListener('pointerleave', () => this.choose(null));
    plot.addEventListener('blur', () => this.choose(null));
    plot.addEventListener('keydown', (event) => this.step(event));
  }

  /** @type {(hours: HistoryHour[], definition: WaveDefinition, look: { width: number, digits: number }) => void} */
  draw(hours, definition, { width, digits }) {
    this.digits = digits;
    const course = courseOf(hours, definition, width);
    this.course = course;
    byId('course-plot').setAttribute('aria-label', `${t('course')}. ${t('courseKeys')}`);
    update(byId('course-chart'), drawCourse(course, t('course')));
    const note = course.shown.length
      ? courseNote(definition.reporting?.confidence_level ?? NaN)
      : element('p', { class: 'note' }, t('courseWaiting'));
    update(byId('course-notes'), element('div', {}, note), courseTable(course, digits));
    this.read();
  }

  // Index of the hour that is read out.
  place() {
    const points = this.course?.points ?? [];
    const found = points.findIndex((p) => p.hour === this.chosen);
    return found < 0 ? points.length - 1 : found;
  }

  /** @param {number | null} index */
  choose(index) {
    const points = this.course?.points ?? [];
    if (!points.length) return;
    this.chosen = index === null ? null : points[index].hour;
    this.read();
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const last = (this.course?.points.length ?? 0) - 1;
    const at = this.place();
    const places = new Map([
      ['ArrowLeft', Math.max(0, at - 1)],
      ['ArrowRight', Math.min(last, at + 1)],
      ['Home', 0],
      ['End', last],
    ]);
    const to = places.get(event.key);
    if (to === undefined) return;
    event.preventDefault();
    this.choose(to);
    byId('course-readout').setAttribute('aria-live', 'polite');
  }

  read() {
    const { course } = this;
    if (!course) return;
    const point = course.points[this.place()];
    const mark = byId('course-mark');
    mark.hidden = this.chosen === null;
    mark.style.left = `${(100 * course.x(point.at)) / course.width}%`;
    update(
      byId('course-readout'),
      element('span', {}, hourText(course.zone, point.hour)),
      element('b', {}, pointText(point, this.digits)),
      element('span', {}, `${t('n')} ${whole(point.n)}`),
    );
  }
}
