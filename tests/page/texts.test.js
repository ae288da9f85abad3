import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as texts from '../../src/server/page/texts.js';
import { speak } from './sample.js';

// Spaces that do not break as ordinary ones.
/** @param {string} text */
const plain = (text) => text.replace(/\u00a0/g, ' ');

beforeEach(() => speak('da'));

test('numbers are written as the language writes them', () => {
  const { decimal, percent, signed, whole } = texts;
  assert.deepEqual(
    [whole(41234.4), decimal(2.25, 2), signed(2.16), signed(-0.9), plain(percent(0.1841))],
    ['41.234', '2,25', '+2,2', '−0,9', '18,4 %'],
  );
  speak('en');
  assert.deepEqual(
    [whole(41234.4), decimal(2.25, 2), signed(2.16), signed(-0.9), percent(0.1841)],
    ['41,234', '2.25', '+2.2', '−0.9', '18.4%'],
  );
});

test('what rounds to nought has no sign', () => {
  assert.equal(texts.signed(-0.04), '0,0');
  assert.equal(texts.signed(0.04), '0,0');
  assert.equal(texts.signed(-0.04, 2), '−0,04');
});

test('a p value is never nought', () => {
  assert.equal(texts.probability(0.0004), '< 0,001');
  assert.equal(texts.probability(0.12), '0,120');
});

test('blanks are filled, and a key without words is a fault', () => {
  assert.equal(texts.t('period', 1, 2), '1 til 2');
  assert.equal(texts.t('andMore', 3), 'og 3 mere', 'of the section that the report shares');
  // @ts-expect-error no such key
  assert.throws(() => texts.t('nothing'), /no words for nothing/);
});

test('dates are those of the text, whatever zone the browser is in', () => {
  assert.equal(texts.date('2025-10-26T23:30:00+02:00'), '26. okt.');
  assert.equal(texts.time('2025-10-26T23:30:00+02:00'), '23.30');
  speak('en');
  assert.equal(texts.time('2025-10-26T23:30:00+02:00'), '23:30');
});

test('the zone is named as at that moment', () => {
  const { zoneName } = texts;
  assert.equal(zoneName('2025-10-26T02:30:00+02:00', 'Europe/Copenhagen'), 'CEST');
  assert.equal(zoneName('2025-10-26T02:30:00+01:00', 'Europe/Copenhagen'), 'CET');
});

test('a label falls back to the other language, then to the code', () => {
  assert.equal(texts.label({ da: 'Fyn', en: 'Funen' }, 'fyn'), 'Fyn');
  assert.equal(texts.label({ da: '', en: 'Funen' }, 'fyn'), 'Funen');
  assert.equal(texts.label(null, 'fyn'), 'fyn');
});

test('flags have words with and without a place, and unknown ones stay as they are', () => {
  /** @param {string} place */
  const describe = (place) => `<${place}>`;
  const { flagText } = texts;
  assert.equal(flagText('empty_category:area=fyn', describe), 'ingen svar endnu i <area=fyn>');
  assert.equal(flagText('empty_category', describe), 'kategorier uden svar');
  assert.equal(flagText('low_n:area=fyn', describe), 'få svar');
  assert.equal(flagText('of_a_later_program', describe), 'of_a_later_program');
  assert.equal(flagText('toString', describe), 'toString');
});

test('lists end in the word of the language', () => {
  assert.equal(texts.listed([]), '');
  assert.equal(texts.listed(['a']), 'a');
  assert.equal(texts.listed(['a', 'b', 'c']), 'a, b og c');
});

test('names of the engine, else the code', () => {
  assert.equal(texts.engineName('direction'), 'Udvikling');
  assert.equal(texts.engineName('constructor'), 'constructor');
  assert.equal(texts.dispositionName('refusal'), 'Afslag');
});
