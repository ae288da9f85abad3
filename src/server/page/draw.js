// The page drawn from what it knows: each snapshot whole.
import { definitionChanges } from './changes.js';
import { pointSpan, scoreClasses, stackedBar } from './charts.js';
import * as collectionParts from './collection.js';
import { CourseView } from './course-view.js';
import { dayCharts } from './days.js';
import { byId, element, update } from './dom.js';
import { Figures } from './figures.js';
import { failure, hasInterval, reason, reasons } from './flags.js';
import { guidanceCards } from './guidance.js';
import { coverage, facts, failureBanner, headline, intervals } from './hero.js';
import { moreCards } from './more.js';
import { drawable, state } from './state.js';
import { changeCards, domainCards, questionCards } from './tables.js';
import { currentLanguage, label, languages, setLanguage, t, whole } from './texts.js';

/** @import { Figure } from './schema' */
/** @import { Child } from './dom.js' */
/** @import { Context } from './figures.js' */

// A screen reader hears the indicator at most this often.
const ANNOUNCE_EVERY_MS = 30_000;
/** @type {(id: string, ...nodes: Child[]) => void} */
const fill = (id, ...nodes) => update(byId(id), ...nodes);
// Text that stays is left alone: touching it would lay the page out again.
/** @type {(id: string, text: string) => void} */
function say(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}
const course = new CourseView();

function languageSwitch() {
  const names = { da: 'Dansk', en: 'English' };
  byId('languages').setAttribute('aria-label', t('language'));
  const buttons = languages().map((code) =>
    element('button', {
      type: 'button',
      lang: code,
      textContent: names[code],
      'aria-pressed': String(code === currentLanguage()),
      onclick: () => {
        setLanguage(code);
        draw();
      },
    }),
  );
  fill('languages', ...buttons);
}

/** @param {Context} context */
function drawFrame({ wave, snapshot }) {
  const { definition } = wave;
  say('title', label(definition.title, definition.id));
  say('groups-title', t('groups'));
  say('course-title', t('course'));
  say('collection-title', t('collection'));
  say('questions-title', t('questions'));
  say('coverage-title', t('coverage'));
  say('guidance-title', t('guidance'));
  languageSwitch();
  const names = wave.weightingDimensions().map((id) => wave.domainLabel(id).toLowerCase());
  const { population } = snapshot.estimates;
  const size = population ? t('population', whole(population)) : '';
  const provenance = definition.population?.provenance;
  fill(
    'footer',
    names.length ? element('p', {}, t('weightedOn', names.join(', ')), ' ', size) : null,
    provenance ? element('p', {}, provenance) : null,
    definitionChanges(wave),
  );
  byId('simulated').hidden = !snapshot.clock.simulated;
  say('simulated', t('simulated'));
}

/** @type {(context: Context, figure: Figure | null) => void} */
function drawHero(context, figure) {
  const { collection, clock, estimates } = context.snapshot;
  const head = headline(context, figure);
  const isShown = head.standing === 'shown';
  const title = byId('title').textContent ?? '';
  document.title = isShown ? `${head.text} · ${title}` : title;
  say('indicator-label', head.label);
  byId('indicator').dataset.standing = head.standing;
  say('indicator', head.text);
  say('indicator-note', head.note);
  fill('looks', ...intervals(context, figure));
  const { days } = state.history;
  const today = days.find((d) => d.date === clock.today);
  fill('facts', ...facts(context, figure, days.length ? (today?.respondents ?? 0) : null));
  const said = hasInterval(figure)
    ? t('announcedInterval', head.text, pointSpan(figure, estimates.indicator_digits))
    : head.text;
  announce(t('announcement', head.label, said, whole(collection.respondents)));
}

/** @param {string} text */
function announce(text) {
  const isSoon = Date.now() - state.announcedAt < ANNOUNCE_EVERY_MS;
  if (byId('announcement').textContent === text || isSoon) return;
  state.announcedAt = Date.now();
  say('announcement', text);
}

// The error state of the whole page: said on top, and everything weighted below it looks so.
/** @param {Context} context */
function drawFailure(context) {
  const failed = failure(context.snapshot.estimates);
  if (failed) document.body.dataset.failure = failed.stands ? 'stands' : 'no-figures';
  else delete document.body.dataset.failure;
  byId('failure').hidden = !failed;
  fill('failure', ...(failureBanner(context) ?? []));
}

/** @type {(context: Context, figures: Figures) => void} */
function drawGroups(context, figures) {
  const { indicator } = context.wave;
  byId('groups-section').hidden = indicator === null;
  if (indicator === null) return;
  const colours = scoreClasses(indicator.groups.map((g) => g.score));
  const parts = indicator.groups.map((g, i) => {
    const figure = figures.get('share', `indicator/${g.id}`) ?? { value: null, n: 0, flags: [] };
    return {
      name: label(g.label, g.id),
      note: label(g.description, ''),
      colour: colours[i],
      figure,
      reason: reason(figure, context),
    };
  });
  fill('groups', ...stackedBar(parts, t('groups')));
}

/** @type {(context: Context, figure: Figure | null) => void} */
function drawCoverage(context, figure) {
  const parts = coverage(context, figure);
  byId('coverage-section').hidden = parts.length === 0;
  fill('coverage', ...parts);
}

/** @param {Context} context */
function drawCollection(context) {
  fill('rate', ...collectionParts.responseRate(context));
  fill('channels', ...collectionParts.channelMeters(context));
  const byChannel = collectionParts.byChannel(context);
  byId('by-channel').hidden = byChannel === null;
  fill('by-channel', ...(byChannel ?? []));
  const representativity = collectionParts.representativity(context);
  byId('representativity').hidden = representativity === null;
  fill('representativity', ...(representativity ?? []));
  fill('counters', ...collectionParts.counters(context));
}

/** @param {string} id */
function innerWidth(id) {
  const node = byId(id);
  return Math.max(240, node.clientWidth - 2 * parseFloat(getComputedStyle(node).paddingLeft));
}

// The courses over time are long: they are drawn again only where the history, the language, the width or the wave is
// another.
/** @param {Context} context */
export function drawHistory({ wave, snapshot }) {
  const { definition, indicator } = wave;
  const { history } = state;
  const now = [history, wave, currentLanguage(), window.innerWidth];
  if (now.every((part, i) => part === state.drawnHistory[i])) return;
  state.drawnHistory = now;
  const { planned_respondents: target } = snapshot.collection;
  const charts = dayCharts(history, definition, { target, width: innerWidth('days') });
  fill('days', element('h3', {}, t('days')), ...charts);
  const section = byId('course-section');
  section.hidden = indicator === null || !history.hours.length;
  if (section.hidden) return;
  const digits = snapshot.estimates.indicator_digits;
  course.draw(history.hours, definition, { width: innerWidth('course-section'), digits });
}

/** @type {(context: Context, figures: Figures) => void} */
function drawTables(context, figures) {
  const { wave } = context;
  const domains = domainCards(context, figures);
  const changes = changeCards(context, figures);
  byId('domains-section').hidden = domains === null && !changes.length;
  say('domains-title', wave.indicator ? t('domains', wave.indicatorLabel) : '');
  say('domains-note', domains?.note ?? '');
  fill('domains', ...(domains?.cards ?? []), ...changes);
  const questions = questionCards(context, figures);
  const others = domains?.others ?? [];
  if (others.length) {
    const properties = { class: 'card', 'data-card': 'comparisons' };
    questions.push(element('div', properties, element('h3', {}, t('otherComparisons')), ...others));
  }
  questions.push(...moreCards(context, figures));
  byId('questions-section').hidden = questions.length === 0;
  fill('questions', ...questions);
}

/** @param {Context} context */
export function drawGuidance(context) {
  const { guidance } = state;
  const hasFailed = failure(context.snapshot.estimates) !== null;
  const cards = hasFailed ? [] : guidanceCards(context, guidance);
  byId('guidance-section').hidden = cards.length === 0;
  const why = reasons({ value: 0, flags: guidance?.flags ?? [] }, context);
  const remark = why.length ? ` ${t('remark')}: ${why.join('; ')}.` : '';
  say('guidance-note', `${t('guidanceNote')}${remark}`);
  fill('guidance', ...cards);
}

export function drawConnection() {
  const { connection, lostAt } = state;
  byId('connection').dataset.state = connection;
  document.body.dataset.state = connection;
  say('connection', t(connection, lostAt));
}

export function draw() {
  const context = drawable();
  if (!context) return;
  const figures = new Figures(context.snapshot.estimates.figures);
  const figure = figures.get('mean', 'indicator');
  drawFrame(context);
  drawFailure(context);
  drawHero(context, figure);
  drawGroups(context, figures);
  drawCoverage(context, figure);
  drawCollection(context);
  drawHistory(context);
  drawTables(context, figures);
  drawGuidance(context);
  drawConnection();
}
