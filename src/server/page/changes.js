// How the definition was changed while the fieldwork runs, and since when.
import { element } from './dom.js';
import { date, t, time } from './texts.js';

/** @import { Collection, DefinitionChange, DefinitionVersion } from './schema' */
/** @import { Wave } from './figures.js' */

// Of one version at most so many are shown.
const MOST = 30;

/** @param {string | null} since */
const when = (since) =>
  since
    ? t('dateTime', date(since, { day: 'numeric', month: 'long', year: 'numeric' }), time(since))
    : t('none');

/** @param {string} kind */
function kindText(kind) {
  if (kind === 'computed') return t('changeComputed');
  if (kind === 'later') return t('changeLater');
  if (kind === 'added') return t('changeAdded');
  return kind === 'taken_back' ? t('changeTakenBack') : kind;
}

/** @param {DefinitionChange} change */
function line({ kind, what, before, after }) {
  const text = kind === 'added' ? what : `${what}: ${before || t('none')} → ${after || t('none')}`;
  return element('li', {}, text, ' ', element('small', {}, kindText(kind)));
}

/** @param {DefinitionVersion} version */
function version({ since, changes }) {
  const rest = changes.length - MOST;
  const lines = changes.slice(0, MOST).map(line);
  const more = rest > 0 ? element('li', {}, t('andMore', rest)) : null;
  return element('li', {}, when(since), element('ul', {}, ...lines, more));
}

// Newest first; null while the first definition is in force.
/** @param {Wave} wave */
export function definitionChanges(wave) {
  const later = wave.versions.slice(1).reverse();
  if (!later.length) return null;
  const title = t('definitionChanged', later.length, when(later[0].since));
  return element(
    'details',
    { id: 'definitions' },
    element('summary', {}, title),
    element('ul', {}, ...later.map(version)),
  );
}

// Said where the confidence sequence is shown: a change of what is estimated begins a new one.
/** @type {(wave: Wave, collection: Collection) => string} */
export function sequenceSince(wave, collection) {
  const since = collection.sequence_since ?? null;
  if (since === null || wave.versions.length < 2 || since === wave.versions[0].since) return '';
  return t('sequenceSince', when(since));
}
