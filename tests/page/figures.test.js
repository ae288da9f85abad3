import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { codeOf, Figures, subjectOf } from '../../src/server/page/figures.js';
import { figure, sampleWave, speak } from './sample.js';

beforeEach(() => speak('da'));

test('codes and subjects come apart at the first sign', () => {
  assert.deepEqual(codeOf('size=10-49'), ['size', '10-49']);
  assert.deepEqual(subjectOf('ai_use/own/solutions'), ['ai_use', 'own/solutions']);
});

test('places are described in words', () => {
  const wave = sampleWave();
  assert.equal(wave.describe('area=fyn'), 'Fyn (område)');
  assert.equal(wave.describe('area=fyn&channel=cati'), 'Fyn (område) · cati (indsamlingskanal)');
  assert.equal(wave.describe('area=bornholm'), 'Bornholm (område)', 'there is no Danish label');
  assert.equal(wave.describe('nothing'), 'nothing');
});

test('names of what a question has, or of the engine', () => {
  const wave = sampleWave();
  assert.equal(wave.domainLabel('barriers'), 'Hvad hindrer jer?', 'a question without a label');
  assert.equal(wave.categoryLabel('barriers', 'staff'), 'Folk');
  assert.equal(wave.categoryLabel('channel', 'eboks'), 'e-Boks');
  assert.equal(wave.categoryLabel('direction', 'increase'), 'Fremgang');
  assert.equal(wave.categoryLabel('area', 'gone'), 'gone');
  assert.equal(wave.optionName('barriers/finance'), 'Penge');
  assert.equal(wave.optionName('barriers/some'), 'Hvad hindrer jer?', 'a set: its question');
  assert.equal(wave.optionLabelOf('barriers/some'), 'Nogen');
  assert.equal(wave.optionLabelOf('indicator/large'), 'Stor');
});

test('without weights nothing is weighted on', () => {
  assert.deepEqual(sampleWave().weightingDimensions(), ['area']);
  assert.deepEqual(sampleWave({ weighting: { dimensions: [] } }).weightingDimensions(), []);
});

test('an earlier figure is found by what it is', () => {
  assert.equal(sampleWave().earlier('mean', 'indicator', 'area=fyn')?.value, 3);
  assert.equal(sampleWave().earlier('mean', 'indicator', ''), null);
  assert.equal(sampleWave({ comparisons: [] }).earlier('mean', 'indicator', 'area=fyn'), null);
});

test('figures are grouped by what they are of', () => {
  const figures = new Figures([
    figure(),
    figure({ domain: 'area=fyn' }),
    figure({ domain: 'area=fyn&size=0' }),
    figure({ domain: 'area=bornholm' }),
    figure({ statistic: 'difference', against: 'spring' }),
    figure({ statistic: 'difference', domain: 'area=fyn', against: 'area=bornholm' }),
    figure({ statistic: 'share', of: 'indicator/large' }),
    figure({ statistic: 'share', of: 'barriers/staff' }),
    figure({ statistic: 'share', of: 'barriers/staff', domain: 'area=fyn' }),
    figure({ statistic: 'total', of: 'barriers/staff' }),
  ]);
  const areas = figures.domains().map(([id, list]) => [id, list.map((f) => f.domain)]);
  assert.deepEqual(areas, [['area', ['area=fyn', 'area=bornholm']]]);
  assert.deepEqual([...figures.changes().keys()], ['spring']);
  assert.deepEqual(
    figures.questions().map(([id, list]) => [id, list.length]),
    [['barriers', 1]],
  );
  assert.equal(figures.get('mean', 'indicator', 'area=fyn'), figures.all[1]);
  assert.equal(figures.get('mean', 'nothing'), null);
});
