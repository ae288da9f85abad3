import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as flags from '../../src/server/page/flags.js';
import { figure, sampleContext, speak } from './sample.js';

beforeEach(() => speak('da'));
const context = sampleContext();
/** @param {string} text */
const plain = (text) => text.replace(/\u00a0/g, ' ');

test('how a figure may be shown', () => {
  const rows = /** @type {const} */ ([
    ['shown', {}],
    ['absent', { value: null }],
    ['withheld', { flags: ['not_reportable'] }],
    ['withheld', { flags: ['known_from_register', 'not_reportable'] }],
    ['known', { flags: ['known_from_register'] }],
    ['bare', { low: null, high: null }],
    ['shown', { flags: ['low_n:area=fyn'] }],
  ]);
  for (const [standing, changes] of rows) {
    assert.equal(flags.standing(figure(changes)), standing, JSON.stringify(changes));
    const isNumber = standing !== 'absent' && standing !== 'withheld';
    assert.equal(flags.isNumber(figure(changes)), isNumber);
    assert.equal(flags.hasInterval(figure(changes)), standing === 'shown');
  }
  assert.equal(flags.standing(null), 'absent');
});

test('why a figure is withheld is what the server flags, not what the page reckons', () => {
  const few = figure({ n_effective: 12.3, flags: ['not_reportable', 'low_n_effective'] });
  assert.equal(flags.whyWithheld(few, context), 'Effektiv stikprøve 12,3, og der kræves 30.');
  const unsaid = figure({ n_effective: 12.3, flags: ['not_reportable'] });
  assert.equal(flags.whyWithheld(unsaid, context), '');
  const collapsed = figure({ flags: ['not_reportable', 'collapsed'] });
  assert.match(plain(flags.whyWithheld(collapsed, context)), /^18 % af populationen .* 10 %\.$/);
  const own = figure({ flags: ['not_reportable', 'collapsed:area=fyn'] });
  assert.equal(flags.whyWithheld(own, context), '', 'a category of its own');
});

test('reasons are told once, the gravest first, and long lists are cut', () => {
  const many = figure({
    flags: ['low_n', 'leverage', 'not_converged', 'no_common_unit', 'zero_weights', 'low_n'],
  });
  const told = flags.reasons(many, context);
  assert.equal(told[0], 'vægtene opfylder ikke alle totaler');
  assert.deepEqual(told.slice(-1), ['og 2 mere']);
  assert.equal(told.length, 4);
});

test('what makes a figure not reportable is not said twice', () => {
  const few = figure({ flags: ['low_n_effective', 'not_reportable', 'not_computed'] });
  assert.equal(flags.reasons(few, context).length, 1);
  assert.deepEqual(flags.remarks(few, context), ['kan ikke vises endnu']);
});

test('no value and no standard error are told apart', () => {
  const absent = figure({ value: null, low: null, flags: ['not_estimable'] });
  assert.deepEqual(flags.reasons(absent, context), ['for få svar til et tal']);
  const bare = figure({ low: null, flags: ['not_estimable'] });
  assert.deepEqual(flags.reasons(bare, context), ['kan ikke estimeres af disse svar']);
});

test('the page fails where the margins are not met', () => {
  assert.equal(flags.failure(context.snapshot.estimates), null);
  const { estimates } = sampleContext({
    flags: ['infeasible:area=fyn', 'low_n'],
    figures: [figure({ value: null })],
  }).snapshot;
  assert.deepEqual(flags.failure(estimates), {
    infeasible: true,
    places: ['area=fyn'],
    stands: false,
    worst: null,
    error: null,
    rounds: 0,
  });
});
