// The catalogue: both languages say each thing, with the same blanks, and somebody says it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { source, words } from './sample.js';
import { typesOf } from './types.mjs';

/** @param {string} room @param {string} ending */
const sourcesOf = (room, ending) =>
  readdirSync(new URL(`../../src/${room}`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => source(`${room}/${name}`))
    .join('\n');
const page = sourcesOf('server/page', '.js');
const report = sourcesOf('report', '.cc');

/** @param {string} key */
const isSaidOnPage = (key) => new RegExp(`'${key}'`).test(page);
/** @param {string} key */
const isSaidInText = (key) =>
  new RegExp(`Message::k${key[0].toUpperCase()}${key.slice(1)}\\b`).test(report);

/** @param {string} text */
const blanks = (text) => [...new Set(text.match(/\{\d/g))].sort().join();

test('every key has words in both languages, with the same blanks', () => {
  for (const [section, keys] of Object.entries(words)) {
    for (const [key, said] of Object.entries(keys)) {
      assert.deepEqual(Object.keys(said), ['da', 'en'], `${section}.${key}`);
      assert.ok(said.da && said.en, `${section}.${key}`);
      assert.equal(blanks(said.da), blanks(said.en), `${section}.${key}`);
    }
  }
});

test('no key stands in two sections that are looked up together', () => {
  const keys = ['shared', 'page', 'text'].map((section) => Object.keys(words[section]));
  const [shared, ofPage, ofText] = keys;
  assert.deepEqual(
    shared.filter((key) => ofPage.includes(key) || ofText.includes(key)),
    [],
  );
});

test('each key of the page is used by it, each of the text by the report, and shared ones by both', () => {
  /** @type {(section: string, isSaid: (key: string) => boolean) => string[]} */
  const unused = (section, isSaid) => Object.keys(words[section]).filter((key) => !isSaid(key));
  assert.deepEqual(unused('page', isSaidOnPage), []);
  assert.deepEqual(unused('text', isSaidInText), []);
  assert.deepEqual(unused('shared', isSaidOnPage), []);
  assert.deepEqual(unused('shared', isSaidInText), []);
});

test('every flag of the engine has words', () => {
  const flags = source('estimate/figures/flags.cc');
  const [, list] = flags.match(/kNames = \{([^}]*)\}/) ?? [];
  const names = [...(list ?? '').matchAll(/"(\w+)"/g)].map((m) => m[1]);
  assert.ok(names.length > 10);
  assert.deepEqual(Object.keys(words.flags).sort(), names.sort());
});

test('the page reads what the server writes: schema.d.ts is made of the schemas', () => {
  const schemas = ['wave', 'snapshot'].map((name) =>
    readFileSync(new URL(`../../proto/panelpuls/v1/${name}.proto`, import.meta.url), 'utf8'),
  );
  const [, made] = source('server/page/schema.d.ts').split('not by hand.\n\n');
  assert.equal(made.trim(), typesOf(schemas.join('\n')).trim(), 'run tools/page-checks --fix');
});
