// How the definition was changed while the fieldwork runs, and since when.
import { element } from './dom.js';
import { date, t, time } from './texts.js';

// Of one version at most so many are shown.
const MOST = 30;

const when = (since) =>
  since
    ? t('dateTime', date(since, { day: 'numeric', month: 'long', year: 'numeric' }), time(since))
    : t('none');

function line(change) {
  const text =
    change.kind === 'added'
      ? change.what
      : `${change.what}: ${change.before || t('none')} → ${change.after || t('none')}`;
  return element('li', {}, text, ' ', element('small', {}, t(`change_${change.kind}`)));
}

function version({ since, changes }) {
  const rest = changes.length - MOST;
  return element(
    'li',
    {},
    when(since),
    element(
      'ul',
      {},
      ...changes.slice(0, MOST).map(line),
      rest > 0 ? element('li', {}, t('andMore', rest)) : null,
    ),
  );
}

// Newest first; null while the first definition is in force.
export function definitionChanges(wave) {
  const later = wave.versions.slice(1).reverse();
  if (!later.length) return null;
  return element(
    'details',
    { id: 'definitions' },
    element('summary', {}, t('definitionChanged', later.length, when(later[0].since))),
    element('ul', {}, ...later.map(version)),
  );
}

// Said where the confidence sequence is shown: a change of what is estimated begins a new one.
export function sequenceSince(wave, collection) {
  const since = collection.sequence_since ?? null;
  if (since === null || wave.versions.length < 2 || since === wave.versions[0].since) return '';
  return t('sequenceSince', when(since));
}
