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
import { element, update } from './dom.js';
import { t, whole } from './texts.js';

export class CourseView {
  // $: finds an element of the page by id.
  constructor($) {
    this.$ = $;
    this.course = null;
    this.chosen = null; // text of the hour; null: the newest
    const plot = $('course-plot');
    plot.tabIndex = 0;
    plot.addEventListener('pointermove', (event) => {
      const { left, width } = plot.getBoundingClientRect();
      this.choose(nearest(this.course, (event.clientX - left) / width));
    });
    plot.addEventListener('pointerleave', () => this.choose(null));
    plot.addEventListener('blur', () => this.choose(null));
    plot.addEventListener('keydown', (event) => this.step(event));
  }

  draw(hours, definition, { width, digits }) {
    this.digits = digits;
    this.course = courseOf(hours, definition, width);
    const { $, course } = this;
    $('course-plot').setAttribute('aria-label', `${t('course')}. ${t('courseKeys')}`);
    update($('course-chart'), drawCourse(course, t('course')));
    update(
      $('course-notes'),
      element(
        'div',
        {},
        course.shown.length
          ? courseNote(definition.reporting?.confidence_level || 0.95)
          : element('p', { class: 'note' }, t('courseWaiting')),
      ),
      courseTable(course, digits),
    );
    this.read();
  }

  place() {
    const { points } = this.course;
    const found = this.chosen === null ? -1 : points.findIndex((p) => p.hour === this.chosen);
    return found < 0 ? points.length - 1 : found;
  }

  choose(index) {
    if (!this.course?.points.length) return;
    this.chosen = index === null ? null : this.course.points[index].hour;
    this.read();
  }

  step(event) {
    const last = this.course.points.length - 1;
    const at = this.place();
    const to = {
      ArrowLeft: Math.max(0, at - 1),
      ArrowRight: Math.min(last, at + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(to);
    this.$('course-readout').setAttribute('aria-live', 'polite');
  }

  read() {
    const { $, course } = this;
    const point = course.points[this.place()];
    $('course-mark').hidden = this.chosen === null;
    $('course-mark').style.left = `${(100 * course.x(point.at)) / course.width}%`;
    update(
      $('course-readout'),
      element('span', {}, hourText(course, point)),
      element('b', {}, pointText(point, this.digits)),
      element('span', {}, `${t('n')} ${whole(point.n)}`),
    );
  }
}
