// The live page: reads the wave once, then follows the event stream and draws each snapshot whole.
import { channelMeter, dotRows, niceRange, scoreClasses, shareRows, stackedBar } from './charts.js';
import { dayCharts } from './days.js';
import { element, table, update } from './dom.js';
import { Figures, Wave } from './figures.js';
import { currentLanguage, date, decimal, flagText, label, languages, percent, setLanguage, signed, startLanguage, t, time, timeNow, whole,
  zoneName } from './texts.js';

// History is read again soon when a new day has begun or none is known yet, else at most once a minute.
const HISTORY_EVERY_MS = 60_000;
const HISTORY_AT_MOST_MS = 2_000;
// A screen reader hears the indicator at most this often.
const ANNOUNCE_EVERY_MS = 30_000;
// The snapshot says a new minute at least once a minute; twice that without a word is stale.
const STALE_AFTER_MS = 130_000;

const state = { wave: null, snapshot: null, days: [], historyAt: 0, historyDay: '', historyVersion: -1, announcedAt: 0, heardAt: 0, lostAt: null, connection: 'connecting' };
const $ = (id) => document.getElementById(id);
const fill = (id, ...nodes) => update($(id), ...nodes);

async function readJson(path) {
  const answer = await fetch(address(path), { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function reason(flags) {
  const quiet = flags.filter((f) => f !== 'not_computed' || flags.length === 1);
  const words = quiet.map((f) => flagText(f, (text) => state.wave.describe(text)));
  if (words.length > 4) words.splice(3, words.length, t('andMore', whole(words.length - 3)));
  return words.join('; ');
}

// The smallest path that also works behind a proxy that gives the page a folder of its own.
const address = (path) => new URL(path, document.baseURI);

function drawFrame() {
  const { definition } = state.wave;
  const title = label(definition.title, definition.id);
  document.title = title;
  $('title').textContent = title;
  $('groups-title').textContent = t('groups');
  $('collection-title').textContent = t('collection');
  $('questions-title').textContent = t('questions');
  $('languages').setAttribute('aria-label', t('language'));
  fill('languages', ...languages().map((code) => element('button', { type: 'button', lang: code, textContent: code === 'da' ? 'Dansk' : 'English',
    'aria-pressed': String(code === currentLanguage()), onclick: () => { setLanguage(code); draw(); } })));
  const dimensions = definition.weighting?.dimensions?.length ? definition.weighting.dimensions : definition.dimensions.map((d) => d.id);
  const names = dimensions.map((id) => state.wave.domainLabel(id).toLowerCase());
  const population = state.snapshot?.estimates.population;
  fill('footer', names.length ? element('p', {}, t('weightedOn', names.join(', ')), ' ', population ? t('population', whole(population)) : '') : null,
    definition.population?.provenance ? element('p', {}, definition.population.provenance) : null);
}

function fact(name, value, note) {
  return element('div', {}, element('dt', {}, name), element('dd', {}, value, note ? element('small', {}, note) : null));
}

function drawHero() {
  const { estimates, collection, clock } = state.snapshot;
  const figure = new Figures(estimates.figures).get('mean', 'indicator');
  const hasIndicator = state.wave.indicator !== null && figure !== null;
  $('indicator-label').textContent = hasIndicator ? label(state.wave.indicator.label, '') : t('respondents');
  const value = hasIndicator ? figure.value : collection.respondents;
  const { digits } = state.wave;
  const text = value === null ? t(collection.respondents ? 'noIndicator' : 'waiting') : hasIndicator ? signed(value, digits) : whole(value);
  fill('indicator', text);
  $('indicator').classList.toggle('absent', value === null);
  let note = '';
  if (hasIndicator && value === null) note = collection.respondents ? reason(figure.flags) : '';
  else if (hasIndicator && figure.low !== null) {
    note = t('interval', percent(state.wave.definition.reporting?.confidence_level || 0.95, 0), signed(figure.low, digits), signed(figure.high, digits));
  } else if (hasIndicator) note = [t('pointOnly'), figure.flags.includes('low_n') ? `${t('n')} = ${whole(figure.n)}.` : ''].join(' ');
  $('indicator-note').textContent = note;
  const due = clock.expected.find((e) => e.channel === '') ?? null;
  fill('facts',
    fact(t('respondents'), whole(collection.respondents), collection.planned_respondents ? t('ofTarget', whole(collection.planned_respondents)) : ''),
    due ? fact(t('expected'), whole(Math.round(due.respondents))) : null,
    clock.fieldwork_day > 0 && clock.fieldwork_day <= clock.fieldwork_days ? fact(t('day'), whole(clock.fieldwork_day), t('ofDays', whole(clock.fieldwork_days))) : null,
    estimates.n_effective === null ? null : fact(t('effective'), whole(Math.round(estimates.n_effective)), t('designEffect', decimal(estimates.design_effect, 2))),
    fact(t('asOf'), time(clock.as_of), `${date(clock.as_of, { day: 'numeric', month: 'long' })} ${zoneName(clock.as_of, state.wave.definition.time_zone)}`));
  $('simulated').hidden = !clock.simulated;
  $('simulated').textContent = t('simulated');
  announce(t('announcement', $('indicator-label').textContent, text, whole(collection.respondents)));
}

function announce(text) {
  if ($('announcement').textContent === text || Date.now() - state.announcedAt < ANNOUNCE_EVERY_MS) return;
  state.announcedAt = Date.now();
  $('announcement').textContent = text;
}

function drawGroups(figures) {
  $('groups-section').hidden = state.wave.indicator === null;
  if (state.wave.indicator === null) return;
  const { groups } = state.wave.indicator;
  const colours = scoreClasses(groups.map((g) => g.score));
  const parts = groups.map((g, i) => ({ name: label(g.label, g.id), note: label(g.description, ''), colour: colours[i],
    share: figures.get('share', `indicator/${g.id}`)?.value ?? null }));
  fill('groups', ...stackedBar(parts, t('groups')));
}

function drawCollection() {
  const { collection, clock } = state.snapshot;
  fill('channels', element('h3', {}, t('channels')),
    ...collection.channels.map((c, i) => channelMeter(c, label(state.wave.channels[i]?.label, c.channel),
      clock.expected.find((e) => e.channel === c.channel)?.respondents, `channel-${Math.min(i, 5)}`)),
    clock.expected.length ? element('p', { class: 'note flag' }, t('dueMark')) : null);
  const sum = (key) => collection.channels.reduce((total, c) => total + c[key], 0);
  const rows = [['partial', collection.partial], ['breakOffs', collection.break_offs], ['corrections', sum('corrections')], ['withdrawals', sum('withdrawals')],
    ['tests', sum('tests')], ['conflicts', collection.conflicts_open, true], ['marked', sum('marked'), true],
    ['duplicate', clock.process.duplicate], ['rejected', clock.process.rejected, true]];
  fill('counters', element('h3', {}, t('counters')),
    element('ul', { class: 'counts' }, ...rows.map(([key, n, alert]) =>
      element('li', { class: alert && n ? 'alert' : '' }, element('span', {}, t(key)), element('span', {}, whole(n))))),
    element('p', { class: 'note' }, t('processNote')));
}

function drawDays() {
  const { definition, digits } = state.wave;
  const width = Math.max(240, $('days').clientWidth - 2 * parseFloat(getComputedStyle($('days')).paddingLeft));
  fill('days', element('h3', {}, t('days')),
    ...dayCharts(state.days, definition, { target: state.snapshot.collection.planned_respondents, width, digits }));
}

function card(id, title, nodes) {
  return element('div', { class: 'card', 'data-card': id }, element('h3', {}, title), ...nodes);
}

function drawDomains(figures) {
  const domains = figures.domains();
  $('domains-section').hidden = domains.length === 0;
  if (!domains.length) return;
  $('domains-title').textContent = t('domains', label(state.wave.indicator.label, ''));
  const { comparison, digits } = state.wave;
  const rowsOf = (id, list) => list.map((figure) => ({ name: state.wave.categoryLabel(id, figure.domain.slice(id.length + 1)), figure,
    earlier: state.wave.earlier('mean', 'indicator', figure.domain), reason: reason(figure.flags) }));
  const all = domains.map(([id, list]) => [id, rowsOf(id, list)]);
  // One scale for all, so that dots can be compared; a figure on few responses does not stretch it.
  const steady = (r) => r.figure.value !== null && !r.figure.flags.includes('low_n');
  const values = all.flatMap(([, rows]) => rows.flatMap((r) => [steady(r) ? r.figure.value : null, r.earlier?.value ?? null]));
  const range = niceRange(values);
  const compared = (rows) => rows.some((r) => r.earlier);
  const comparisonName = comparison ? label(comparison.label, comparison.id) : '';
  fill('domains-note', all.some(([, rows]) => compared(rows)) ? t('comparisonNote', comparisonName) : '');
  fill('domains', ...all.map(([id, rows]) => card(id, state.wave.domainLabel(id), [...dotRows(rows, range, digits),
    table(state.wave.domainLabel(id), [t('name'), t('value'), ...(compared(rows) ? [comparisonName] : []), t('n')],
      rows.map((r) => [r.name, r.figure.value === null ? `– (${r.reason})` : signed(r.figure.value, digits),
        ...(compared(rows) ? [r.earlier ? signed(r.earlier.value, digits) : '–'] : []), whole(r.figure.n)]))])));
}

function drawQuestions(figures) {
  const single = [];
  const batteries = new Map();
  for (const [id, list] of figures.questions()) {
    const question = state.wave.questions.get(id);
    if (!question) continue;
    const code = (figure) => figure.of.slice(id.length + 1);
    const row = (figure) => ({ name: state.wave.optionLabel(question, code(figure)), figure, reason: reason(figure.flags) });
    const sets = list.filter((f) => question.sets.some((s) => s.id === code(f)));
    if (question.battery && sets.length) {
      const rows = batteries.get(question.battery) ?? [];
      rows.push({ name: state.wave.domainLabel(id), figure: sets[0], reason: reason(sets[0].flags), set: state.wave.optionLabel(question, code(sets[0])) });
      batteries.set(question.battery, rows);
    } else {
      const rows = list.map(row);
      if (question.kind === 'MULTIPLE') rows.sort((a, b) => (b.figure.value ?? -1) - (a.figure.value ?? -1));
      single.push([id, label(question.label ?? question.text, id), rows]);
    }
  }
  const cards = [...batteries].map(([id, rows]) => [id, rows[0].set, rows.sort((a, b) => (b.figure.value ?? -1) - (a.figure.value ?? -1))]);
  const all = [...single, ...cards];
  $('questions-section').hidden = all.length === 0;
  fill('questions', ...all.map(([id, title, rows]) => card(`q-${id}`, title, [...shareRows(rows),
    table(title, [t('name'), t('share'), t('n')], rows.map((r) => [r.name, r.figure.value === null ? `– (${r.reason})` : percent(r.figure.value), whole(r.figure.n)]))])));
}

function drawConnection() {
  const since = state.lostAt ?? '';
  $('connection').dataset.state = document.body.dataset.state = state.connection;
  $('connection').textContent = t(state.connection, since);
}

function draw() {
  if (!state.wave || !state.snapshot) return;
  const figures = new Figures(state.snapshot.estimates.figures);
  drawFrame();
  drawHero();
  drawGroups(figures);
  drawCollection();
  drawDays();
  drawDomains(figures);
  drawQuestions(figures);
  drawConnection();
}

async function refreshHistory() {
  const { version } = state.snapshot.collection;
  const { today } = state.snapshot.clock;
  const hurry = today !== state.historyDay || state.days.length === 0;
  const wait = hurry ? HISTORY_AT_MOST_MS : HISTORY_EVERY_MS;
  if (version === state.historyVersion || Date.now() - state.historyAt < wait) return;
  Object.assign(state, { historyAt: Date.now(), historyDay: today, historyVersion: version });
  try {
    state.days = (await readJson('v1/history')).days;
    drawDays();
  } catch { state.historyVersion = -1; }
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
}

function follow() {
  const stream = new EventSource(address('v1/stream'));
  stream.addEventListener('snapshot', (event) => {
    if (state.connection === 'lost') readWave();
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
  try { state.wave = new Wave(await readJson('v1/wave')); } catch { /* the stream tells of a lost connection */ }
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
    if (state.connection === 'live' && Date.now() - state.heardAt > STALE_AFTER_MS) setConnection('stale');
    if (state.snapshot) refreshHistory();
  }, 5000);
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width) drawDays();
    width = window.innerWidth;
  });
}

start();
