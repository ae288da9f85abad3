// The live page: reads the wave once, then follows the event stream and draws each snapshot.
import { draw, drawConnection, drawGuidance, drawHistory } from './draw.js';
import { Wave } from './figures.js';
import { drawable, state } from './state.js';
import { startLanguage, timeNow, useWords } from './texts.js';
import words from './words.js';

/** @import { Snapshot } from './schema' */
/** @import { Connection } from './state.js' */

// History is read again soon when a new day has begun or none is known yet, else at most once a minute; guidance as
// often, since it costs the server more than a look at a snapshot.
const HISTORY_EVERY_MS = 60_000;
const HISTORY_AT_MOST_MS = 2_000;
const GUIDANCE_EVERY_MS = 20_000;
// The snapshot says a new minute at least once a minute; twice that without a word is stale.
const STALE_AFTER_MS = 130_000;

class NoAnswer extends Error {
  /** @param {string} path @param {number} status */
  constructor(path, status) {
    super(`${path}: ${status}`);
    this.status = status;
  }
}

// The smallest path that also works behind a proxy that gives the page a folder of its own.
/** @param {string} path */
const address = (path) => new URL(path, document.baseURI);

/** @param {string} path */
async function readJson(path) {
  const answer = await fetch(address(path), { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new NoAnswer(path, answer.status);
  return answer.json();
}

/** @param {Snapshot} snapshot */
async function refreshHistory({ collection: { version }, clock: { today } }) {
  const isUrgent = today !== state.historyDay || state.history.days.length === 0;
  const wait = isUrgent ? HISTORY_AT_MOST_MS : HISTORY_EVERY_MS;
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
/** @param {Snapshot} snapshot */
async function refreshGuidance({ collection: { version } }) {
  const isSoon = Date.now() - state.guidanceAt < GUIDANCE_EVERY_MS;
  if (!state.hasGuidance || version === state.guidanceVersion || isSoon) return;
  Object.assign(state, { guidanceAt: Date.now(), guidanceVersion: version });
  try {
    state.guidance = await readJson('v1/guidance');
  } catch (error) {
    state.hasGuidance = !(error instanceof NoAnswer && error.status === 404);
    state.guidance = null;
    state.guidanceVersion = -1;
  }
  const context = drawable();
  if (context) drawGuidance(context);
}

/** @param {Connection} connection */
function setConnection(connection) {
  if (connection === state.connection) return;
  state.lostAt = connection === 'live' ? '' : timeNow(state.wave?.definition.time_zone);
  state.connection = connection;
  drawConnection();
}

/** @param {Snapshot} snapshot */
function take(snapshot) {
  state.snapshot = snapshot;
  state.heardAt = Date.now();
  draw();
  refreshHistory(snapshot);
  refreshGuidance(snapshot);
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
    // The browser gives up after some refusals, such as a 503 while the server starts. Pages do not all come back at
    // once.
    const isClosed = stream.readyState === EventSource.CLOSED;
    if (isClosed) setTimeout(follow, 1500 + 3000 * Math.random());
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

function look() {
  const isStale = Date.now() - state.heardAt > STALE_AFTER_MS;
  if (state.connection === 'live' && isStale) setConnection('stale');
  if (!state.snapshot) return;
  refreshHistory(state.snapshot);
  refreshGuidance(state.snapshot);
}

function followWidth() {
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    const context = drawable();
    if (window.innerWidth !== width && context) drawHistory(context);
    width = window.innerWidth;
  });
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
  setInterval(look, 5000);
  followWidth();
}

useWords(words);
start();
