// The live page: reads the wave once, then follows the event stream and draws each snapshot whole.
import { channelMeter, dayChart, dotRows, element, niceRange, scoreClasses, shareRows, stackedBar, table } from './charts.js';
import { Figures, Wave } from './figures.js';
import { currentLanguage, date, decimal, flagText, label, languages, percent, setLanguage, signed, startLanguage, t, time, timeNow, whole }
  from './texts.js';

const HISTORY_EVERY_MS = 20_000;
// The snapshot says a new minute at least once a minute; twice that without a word is stale.
const STALE_AFTER_MS = 130_000;

const state = { wave: null, snapshot: null, days: [], historyAt: 0, historyVersion: -1, heardAt: 0, lostAt: null, connection: 'connecting' };
const $ = (id) => document.getElementById(id);
const fill = (id, ...nodes) => $(id).replaceChildren(...nodes.filter((n) => n !== null && n !== undefined));

async function readJson(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function reason(flags) {
  const quiet = flags.filter((f) => f !== 'not_computed' || flags.length === 1);
  return quiet.map((f) => flagText(f, (text) => state.wave.describe(text))).join('; ');
}

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
  return element('div', {}, element('dt', {}, name), element('dd', {}, value, note ? element('small', {}, ` ${note}`) : null));
}

function drawHero() {
  const { estimates, collection, clock } = state.snapshot;
  const figure = new Figures(estimates.figures).get('mean', 'indicator');
  const hasIndicator = state.wave.indicator !== null && figure !== null;
  $('indicator-label').textContent = hasIndicator ? label(state.wave.indicator.label, '') : t('respondents');
  const value = hasIndicator ? figure.value : collection.respondents;
  const text = value === null ? t(collection.respondents ? 'noIndicator' : 'waiting') : hasIndicator ? signed(value) : whole(value);
  if ($('indicator').textContent !== text) $('indicator').textContent = text;
  $('indicator').classList.toggle('absent', value === null);
  let note = '';
  if (hasIndicator && value === null) note = reason(figure.flags);
  else if (hasIndicator && figure.low !== null) {
    note = t('interval', decimal(100 * (state.wave.definition.reporting?.confidence_level || 0.95), 0), signed(figure.low), signed(figure.high));
  } else if (hasIndicator) note = [t('pointOnly'), figure.flags.includes('low_n') ? `${t('n')} = ${whole(figure.n)}.` : ''].join(' ');
  $('indicator-note').textContent = note;
  const due = clock.expected.find((e) => e.channel === '') ?? null;
  fill('facts',
    fact(t('respondents'), whole(collection.respondents), collection.planned_respondents ? t('ofTarget', whole(collection.planned_respondents)) : ''),
    due ? fact(t('expected'), whole(Math.round(due.respondents))) : null,
    clock.fieldwork_day > 0 && clock.fieldwork_day <= clock.fieldwork_days ? fact(t('day'), whole(clock.fieldwork_day), t('ofDays', whole(clock.fieldwork_days))) : null,
    estimates.n_effective === null ? null : fact(t('effective'), whole(Math.round(estimates.n_effective)), t('designEffect', decimal(estimates.design_effect, 2))),
    fact(t('asOf'), time(clock.as_of), date(clock.as_of, { day: 'numeric', month: 'long' })));
  $('simulated').hidden = !clock.simulated;
  $('simulated').textContent = t('simulated');
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
  const open = $('days').querySelector('details')?.open ?? false;
  const width = Math.max(260, $('days').clientWidth - 42);
  fill('days', element('h3', {}, t('days')), ...dayChart(state.days, state.wave.channels, width));
  const twin = $('days').querySelector('details');
  if (twin) twin.open = open;
}

// Keeps which tables were opened, since everything is drawn anew.
function card(id, title, nodes, wide) {
  const open = document.querySelector(`[data-card="${CSS.escape(id)}"] details`)?.open ?? false;
  const node = element('div', { class: `card ${wide ? 'wide' : ''}`, 'data-card': id }, element('h3', {}, title), ...nodes);
  const twin = node.querySelector('details');
  if (twin) twin.open = open;
  return node;
}

function drawDomains(figures) {
  const domains = figures.domains();
  $('domains-section').hidden = domains.length === 0;
  if (!domains.length) return;
  $('domains-title').textContent = t('domains', label(state.wave.indicator.label, ''));
  const { comparison } = state.wave;
  $('domains-note').textContent = comparison ? t('comparisonNote', label(comparison.label, comparison.id)) : '';
  const rowsOf = (id, list) => list.map((figure) => ({ name: state.wave.categoryLabel(id, figure.domain.slice(id.length + 1)), figure,
    earlier: state.wave.earlier('mean', 'indicator', figure.domain), reason: reason(figure.flags) }));
  const all = domains.map(([id, list]) => [id, rowsOf(id, list)]);
  // One scale for all, so that dots can be compared; a figure on few responses does not stretch it.
  const steady = (r) => r.figure.value !== null && !r.figure.flags.includes('low_n');
  const values = all.flatMap(([, rows]) => rows.flatMap((r) => [steady(r) ? r.figure.value : null, r.earlier?.value ?? null]));
  const range = niceRange(values);
  fill('domains', ...all.map(([id, rows]) => card(id, state.wave.domainLabel(id), [...dotRows(rows, range),
    table([t('name'), t('value'), ...(comparison ? [label(comparison.label, comparison.id)] : []), t('n')],
      rows.map((r) => [r.name, r.figure.value === null ? `– (${r.reason})` : signed(r.figure.value),
        ...(comparison ? [r.earlier ? signed(r.earlier.value) : '–'] : []), whole(r.figure.n)]))])));
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
    table([t('name'), t('share'), t('n')], rows.map((r) => [r.name, r.figure.value === null ? `– (${r.reason})` : percent(r.figure.value), whole(r.figure.n)]))])));
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
  if (version === state.historyVersion || Date.now() - state.historyAt < HISTORY_EVERY_MS) return;
  state.historyAt = Date.now();
  state.historyVersion = version;
  try {
    state.days = (await readJson('/v1/history')).days;
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
  const stream = new EventSource('/v1/stream');
  stream.addEventListener('snapshot', (event) => {
    take(JSON.parse(event.data));
    setConnection('live');
  });
  stream.addEventListener('error', () => {
    setConnection('lost');
    // The browser gives up after some refusals, such as a 503 while the server starts.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 2000);
  });
}

async function start() {
  startLanguage();
  drawConnection();
  try {
    state.wave = new Wave(await readJson('/v1/wave'));
    take(await readJson('/v1/snapshot'));
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
