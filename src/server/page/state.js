// What the page knows, until the next document comes.
/** @import { Guidance, History, Snapshot } from './schema' */
/** @import { Context, Wave } from './figures.js' */
/** @typedef {'connecting' | 'live' | 'lost' | 'stale'} Connection */

export const state = {
  /** @type {Wave | null} */
  wave: null,
  /** @type {Snapshot | null} */
  snapshot: null,
  /** @type {History} */
  history: { wave: '', channels: [], hours: [], days: [], planned: [] },
  historyAt: 0,
  historyDay: '',
  historyVersion: -1,
  /** @type {Guidance | null} */
  guidance: null,
  guidanceAt: 0,
  guidanceVersion: -1,
  hasGuidance: true,
  /** @type {unknown[]} */
  drawnHistory: [],
  announcedAt: 0,
  heardAt: 0,
  lostAt: '',
  /** @type {Connection} */
  connection: 'connecting',
};

// What there is to draw from; null until both are there.
/** @returns {Context | null} */
export function drawable() {
  const { wave, snapshot } = state;
  return wave && snapshot ? { wave, snapshot } : null;
}
