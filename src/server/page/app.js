// The live page: reads the wave once, then follows the event stream and draws each snapshot whole.
import { definitionChanges } from './changes.js';
import { scoreClasses, stackedBar } from './charts.js';
import * as collectionParts from './collection.js';
import { CourseView } from './course-view.js';
import { dayCharts } from './days.js';
import { element, update } from './dom.js';
import { Figures, Wave } from './figures.js';
import { failure, reason, reasons } from './flags.js';
import { guidanceCards } from './guidance.js';
import { coverage, facts, failureBanner, headline, intervals } from './hero.js';
import { moreCards } from './more.js';
import { changeCards, domainCards, questionCards } from './tables.js';
import {
  currentLanguage,
  label,
  languages,
  percent,
  setLanguage,
  signed,
  startLanguage,
  t,
  timeNow,
  whole,
} from './texts.js';

// History is read again soon when a new day has begun or none is known yet, else at most once a minute; guidance as
// often, since it costs the server more than a look at a snapshot.
const HISTORY_EVERY_MS = 60_000;
const HISTORY_AT_MOST_MS = 2_000;
const GUIDANCE_EVERY_MS = 20_000;
// A screen reader hears the indicator at most this often.
const ANNOUNCE_EVERY_MS = 30_000;
// The snapshot says a new minute at least once a minute; twice that without a word is stale.
const STALE_AFTER_MS = 130_000;

const state = {
  wave: null,
  snapshot: null,
  history: { hours: [], days: [] },
  historyAt: 0,
  historyDay: '',
  historyVersion: -1,
  guidance: null,
  guidanceAt: 0,
  guidanceVersion: -1,
  hasGuidance: true,
  drawnHistory: [],
  announcedAt: 0,
  heardAt: 0,
  lostAt: null,
  connection: 'connecting',
};
const $ = (id) => document.getElementById(id);
const fill = (id, ...nodes) => update($(id), ...nodes);
// Text that stays is left alone: touching it would lay the page out again.
function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}
const course = new CourseView($);

// The smallest path that also works behind a proxy that gives the page a folder of its own.
const address = (path) => new URL(path, document.baseURI);

async function readJson(path) {
  const answer = await fetch(address(path), { headers: { Accept: 'application/json' } });
  if (!answer.ok)
    throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

function drawFrame() {
  const { definition } = state.wave;
  const title = label(definition.title, definition.id);
  say('title', title);
  for (const id of ['groups', 'course', 'collection', 'questions', 'coverage', 'guidance'])
    say(`${id}-title`, t(id));
  $('languages').setAttribute('aria-label', t('language'));
  fill(
    'languages',
    ...languages().map((code) =>
      element('button', {
        type: 'button',
        lang: code,
        textContent: code === 'da' ? 'Dansk' : 'English',
        'aria-pressed': String(code === currentLanguage()),
        onclick: () => {
          setLanguage(code);
          draw();
        },
      }),
    ),
  );
  const names = state.wave
    .weightingDimensions()
    .map((id) => state.wave.domainLabel(id).toLowerCase());
  const { population } = state.snapshot.estimates;
  fill(
    'footer',
    names.length
      ? element(
          'p',
          {},
          t('weightedOn', names.join(', ')),
          ' ',
          population ? t('population', whole(population)) : '',
        )
      : null,
    definition.population?.provenance ? element('p', {}, definition.population.provenance) : null,
    definitionChanges(state.wave),
  );
  $('simulated').hidden = !state.snapshot.clock.simulated;
  say('simulated', t('simulated'));
}

function drawHero(figure) {
  const { collection, clock } = state.snapshot;
  const head = headline(state, figure);
  document.title =
    head.standing === 'shown' ? `${head.text} · ${$('title').textContent}` : $('title').textContent;
  say('indicator-label', head.label);
  $('indicator').dataset.standing = head.standing;
  say('indicator', head.text);
  say('indicator-note', head.note);
  fill('looks', ...intervals(state, figure));
  const today = state.history.days.find((d) => d.date === clock.today);
  fill(
    'facts',
    ...facts(state, figure, state.history.days.length ? (today?.respondents ?? 0) : null),
  );
  const said =
    head.standing === 'shown'
      ? t(
          'announcedInterval',
          head.text,
          t('to', signed(figure.low, state.wave.digits), signed(figure.high, state.wave.digits)),
        )
      : head.text;
  announce(t('announcement', head.label, said, whole(collection.respondents)));
}

function announce(text) {
  if ($('announcement').textContent === text || Date.now() - state.announcedAt < ANNOUNCE_EVERY_MS)
    return;
  state.announcedAt = Date.now();
  say('announcement', text);
}

// The error state of the whole page: said on top, and everything weighted below it looks so.
function drawFailure() {
  const failed = failure(state.snapshot.estimates);
  if (failed) document.body.dataset.failure = failed.stands ? 'stands' : 'no-figures';
  else delete document.body.dataset.failure;
  $('failure').hidden = !failed;
  fill('failure', ...(failureBanner(state) ?? []));
}

function drawGroups(figures) {
  const { indicator } = state.wave;
  $('groups-section').hidden = indicator === null;
  if (indicator === null) return;
  const colours = scoreClasses(indicator.groups.map((g) => g.score));
  const context = { wave: state.wave, estimates: state.snapshot.estimates };
  const none = { value: null, low: null, n: 0, flags: [] };
  fill(
    'groups',
    ...stackedBar(
      indicator.groups.map((g, i) => {
        const figure = figures.get('share', `indicator/${g.id}`) ?? none;
        return {
          name: label(g.label, g.id),
          note: label(g.description, ''),
          colour: colours[i],
          figure,
          reason: reason(figure, context),
        };
      }),
      t('groups'),
    ),
  );
}

function drawCoverage(figure) {
  const parts = coverage(state, figure);
  $('coverage-section').hidden = parts.length === 0;
  fill('coverage', ...parts);
}

function drawCollection() {
  fill('rate', ...collectionParts.responseRate(state));
  fill('channels', ...collectionParts.channels(state));
  for (const [id, parts] of [
    ['by-channel', collectionParts.byChannel(state)],
    ['representativity', collectionParts.representativity(state)],
  ]) {
    $(id).hidden = parts === null;
    fill(id, ...(parts ?? []));
  }
  fill('counters', ...collectionParts.counters(state));
}

const innerWidth = (id) =>
  Math.max(240, $(id).clientWidth - 2 * parseFloat(getComputedStyle($(id)).paddingLeft));

// The courses over time are long: they are drawn again only where the history, the language, the width or the wave is
// another.
function drawHistory() {
  const { definition, digits, indicator } = state.wave;
  const now = [state.history, state.wave, currentLanguage(), window.innerWidth];
  if (now.every((part, i) => part === state.drawnHistory[i])) return;
  state.drawnHistory = now;
  fill(
    'days',
    element('h3', {}, t('days')),
    ...dayCharts(state.history.days, definition, {
      target: state.snapshot.collection.planned_respondents,
      width: innerWidth('days'),
    }),
  );
  $('course-section').hidden = indicator === null || !state.history.hours.length;
  if (!$('course-section').hidden)
    course.draw(state.history.hours, definition, { width: innerWidth('course-section'), digits });
}

function drawTables(figures) {
  const context = { ...state, estimates: state.snapshot.estimates };
  const domains = domainCards(context, figures);
  const changes = changeCards(context, figures);
  $('domains-section').hidden = domains === null && !changes.length;
  say(
    'domains-title',
    state.wave.indicator ? t('domains', label(state.wave.indicator.label, '')) : '',
  );
  say('domains-note', domains?.note ?? '');
  fill('domains', ...(domains?.cards ?? []), ...changes);
  const questions = questionCards(context, figures);
  const others = domains?.others ?? [];
  if (others.length)
    questions.push(
      element(
        'div',
        { class: 'card', 'data-card': 'comparisons' },
        element('h3', {}, t('otherComparisons')),
        ...others,
      ),
    );
  questions.push(...moreCards(context, figures));
  $('questions-section').hidden = questions.length === 0;
  fill('questions', ...questions);
}

function drawGuidance() {
  const cards = failure(state.snapshot.estimates) ? [] : guidanceCards(state, state.guidance);
  $('guidance-section').hidden = cards.length === 0;
  const why = reasons(
    { value: 0, flags: state.guidance?.flags ?? [] },
    { wave: state.wave, estimates: state.snapshot.estimates },
  );
  say(
    'guidance-note',
    [t('guidanceNote'), why.length ? `${t('remark')}: ${why.join('; ')}.` : '']
      .filter(Boolean)
      .join(' '),
  );
  fill('guidance', ...cards);
}

function drawConnection() {
  $('connection').dataset.state = document.body.dataset.state = state.connection;
  say('connection', t(state.connection, state.lostAt ?? ''));
}

function draw() {
  if (!state.wave || !state.snapshot) return;
  const figures = new Figures(state.snapshot.estimates.figures);
  const figure = figures.get('mean', 'indicator');
  drawFrame();
  drawFailure();
  drawHero(figure);
  drawGroups(figures);
  drawCoverage(figure);
  drawCollection();
  drawHistory();
  drawTables(figures);
  drawGuidance();
  drawConnection();
}

async function refreshHistory() {
  const { version } = state.snapshot.collection;
  const { today } = state.snapshot.clock;
  const hurry = today !== state.historyDay || state.history.days.length === 0;
  const wait = hurry ? HISTORY_AT_MOST_MS : HISTORY_EVERY_MS;
  if (version === state.historyVersion || Date.now() - state.historyAt < wait) return;
  Object.assign(state, { historyAt: Date.now(), historyDay: today, historyVersion: version });
  try {
    state.history = await readJson('v1/history');
    draw();
  } catch {
    state.historyVersion = -1;
  }
}

// A server without guidance is not asked again until the connection comes back.
async function refreshGuidance() {
  const { version } = state.snapshot.collection;
  if (
    !state.hasGuidance ||
    version === state.guidanceVersion ||
    Date.now() - state.guidanceAt < GUIDANCE_EVERY_MS
  )
    return;
  Object.assign(state, { guidanceAt: Date.now(), guidanceVersion: version });
  try {
    state.guidance = await readJson('v1/guidance');
  } catch (error) {
    state.hasGuidance = error.status !== 404;
    state.guidance = null;
    state.guidanceVersion = -1;
  }
  drawGuidance();
}

function setConnection(connection) {
  if (connection === state.connection) return;
  state.lostAt = connection === 'live' ? null : timeNow(state.wave?.definition.time_zone);
  state.connection = connection;
  drawConnection();
}

function take(snapshot) {
  state.snapshot = snapshot;
  state.heardAt = Date.now();
  draw();
  refreshHistory();
  refreshGuidance();
}

function follow() {
  const stream = new EventSource(address('v1/stream'));
  stream.addEventListener('snapshot', (event) => {
    if (state.connection === 'lost') {
      state.hasGuidance = true;
      readWave();
    }
    take(JSON.parse(event.data));
    setConnection('live');
  });
  stream.addEventListener('error', () => {
    setConnection('lost');
    // The browser gives up after some refusals, such as a 503 while the server starts. Pages do not all come back at once.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 1500 + 3000 * Math.random());
  });
}

// Labels and totals may have changed while the connection was away.
async function readWave() {
  try {
    state.wave = new Wave(await readJson('v1/wave'));
  } catch {
    /* the stream tells of a lost connection */
  }
}

async function start() {
  startLanguage();
  drawConnection();
  try {
    state.wave = new Wave(await readJson('v1/wave'));
    take(await readJson('v1/snapshot'));
  } catch {
    setConnection('lost');
    setTimeout(start, 2000);
    return;
  }
  follow();
  setInterval(() => {
    if (state.connection === 'live' && Date.now() - state.heardAt > STALE_AFTER_MS)
      setConnection('stale');
    if (!state.snapshot) return;
    refreshHistory();
    refreshGuidance();
  }, 5000);
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width) drawHistory();
    width = window.innerWidth;
  });
}

start();
