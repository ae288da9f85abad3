import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { gainText } from '../../src/server/page/guidance.js';
import { headline } from '../../src/server/page/hero.js';
import { inRankOrder } from '../../src/server/page/tables.js';
import { figure, sampleContext, speak } from './sample.js';

beforeEach(() => speak('da'));

test('the headline has as many digits as the server says', () => {
  assert.equal(headline(sampleContext(), figure()).text, '+2,2');
  assert.equal(headline(sampleContext({ indicator_digits: 2 }), figure()).text, '+2,16');
});

test('the headline says what stands in the way', () => {
  const absent = figure({ value: null, flags: ['empty_category:area=fyn'] });
  const failed = sampleContext({ flags: ['infeasible:area=fyn'] });
  const withheld = figure({ flags: ['not_reportable'] });
  /** @param {{ standing: string, text: string }} head */
  const said = ({ standing, text }) => [standing, text];
  const nobody = sampleContext({}, { respondents: 0 });
  assert.deepEqual(said(headline(nobody, absent)), ['absent', 'Venter på det første svar']);
  assert.deepEqual(said(headline(sampleContext(), absent)), ['absent', 'Ikke opgjort endnu']);
  assert.equal(headline(sampleContext(), absent).note, 'Ingen svar endnu i Fyn (område)');
  assert.deepEqual(said(headline(failed, absent)), ['failed', 'Intet tal kan vises']);
  assert.deepEqual(said(headline(sampleContext(), withheld)), ['withheld', 'Kan ikke vises endnu']);
  assert.deepEqual(said(headline(sampleContext(), null)), ['count', '100']);
});

test('options stand as the server ranks them, and withheld ones last', () => {
  const rows = [
    ['none', 0.9, []],
    ['b', 0.2, []],
    ['hidden', 0.8, ['not_reportable']],
    ['a', 0.3, []],
  ].map(([of, value, flags]) => ({
    name: String(of),
    figure: figure({ of, value, flags }),
    remarks: [],
    reason: '',
  }));
  const places = new Map(['hidden', 'a', 'b'].map((of, i) => [of, i]));
  const order = inRankOrder(rows, places).map((r) => r.name);
  assert.deepEqual(order, ['a', 'b', 'none', 'hidden']);
});

test('gains have two digits that count, however small', () => {
  /** @param {number} share */
  const said = (share) => gainText(share).replace(/\u00a0/g, ' ');
  assert.deepEqual([0.00083, 0.012, 0.5, 0].map(said), ['0,083 %', '1,2 %', '50,0 %', '0,0 %']);
});
