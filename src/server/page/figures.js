// Looking figures up by what they are, and labels by code. Nothing here knows a survey.
import { engineName, label } from './texts.js';

/** @import { Figure, Question, Snapshot, WaveInfo } from './schema' */
/** @typedef {{ wave: Wave, snapshot: Snapshot }} Context */

// "size=10-49" as ["size", "10-49"].
/** @type {(domain: string) => [string, string]} */
export function codeOf(domain) {
  const at = domain.indexOf('=');
  return [domain.slice(0, at), domain.slice(at + 1)];
}

// "ai_use/own_solutions" as ["ai_use", "own_solutions"].
/** @type {(of: string) => [string, string]} */
export function subjectOf(of) {
  const at = of.indexOf('/');
  return [of.slice(0, at), of.slice(at + 1)];
}

export class Wave {
  /** @param {WaveInfo} info */
  constructor(info) {
    this.definition = info.definition;
    this.versions = info.definitions ?? [];
    this.dimensions = new Map(this.definition.dimensions.map((d) => [d.id, d]));
    this.questions = new Map(this.definition.questions.map((q) => [q.id, q]));
    this.channels = this.definition.channels;
    this.indicator = this.definition.indicator;
    this.comparison = this.definition.comparisons[0] ?? null;
  }

  get confidenceLevel() {
    return this.definition.reporting?.confidence_level ?? NaN;
  }

  get minimumEffective() {
    return this.definition.reporting?.minimum_n_effective ?? NaN;
  }

  get indicatorLabel() {
    return label(this.indicator?.label, '');
  }

  // Name of a dimension, a question, channel or direction.
  /** @param {string} id */
  domainLabel(id) {
    const question = this.questions.get(id);
    const text = this.dimensions.get(id)?.label ?? question?.label ?? question?.text;
    return text ? label(text, id) : engineName(id);
  }

  /** @type {(id: string, code: string) => string} */
  categoryLabel(id, code) {
    const known =
      this.dimensions.get(id)?.categories ??
      this.questions.get(id)?.options ??
      (id === 'channel' ? this.channels : null);
    return known ? label(known.find((c) => c.code === code)?.label, code) : engineName(code);
  }

  /** @param {string} code */
  channelLabel(code) {
    return this.categoryLabel('channel', code);
  }

  // "size=10-49" in words; places of a joint table are joined by &.
  /** @type {(text: string) => string} */
  describe(text) {
    if (text.includes('&'))
      return text
        .split('&')
        .map((part) => this.describe(part))
        .join(' · ');
    if (!text.includes('=')) return text;
    const [id, code] = codeOf(text);
    return `${this.categoryLabel(id, code)} (${this.domainLabel(id).toLowerCase()})`;
  }

  // Dimensions the weights stand on, in their order.
  weightingDimensions() {
    return this.definition.weighting?.dimensions ?? [];
  }

  /** @param {string} id */
  comparisonLabel(id) {
    return label(this.definition.comparisons.find((c) => c.id === id)?.label, id);
  }

  // "ai_use/own_solutions" in words.
  /** @param {string} of */
  optionName(of) {
    const [id, code] = subjectOf(of);
    const question = this.questions.get(id);
    if (question?.sets.some((s) => s.id === code)) return this.domainLabel(id);
    return this.optionLabelOf(of);
  }

  // The option, set or group alone.
  /** @param {string} of */
  optionLabelOf(of) {
    const [id, code] = subjectOf(of);
    const question = this.questions.get(id);
    if (question) return this.optionLabel(question, code);
    const groups = id === 'indicator' ? (this.indicator?.groups ?? []) : [];
    return label(groups.find((g) => g.id === code)?.label, code);
  }

  /** @type {(question: Question, code: string) => string} */
  optionLabel(question, code) {
    const item =
      question.options.find((o) => o.code === code) ?? question.sets.find((s) => s.id === code);
    return label(item?.label, code);
  }

  /** @type {(statistic: string, of: string, domain: string) => { value: number } | null} */
  earlier(statistic, of, domain) {
    const figures = this.comparison?.figures ?? [];
    return (
      figures.find((f) => f.statistic === statistic && f.of === of && f.domain === domain) ?? null
    );
  }
}

/** @type {(figures: Figure[], keyOf: (figure: Figure) => string) => Map<string, Figure[]>} */
export function grouped(figures, keyOf) {
  /** @type {Map<string, Figure[]>} */
  const groups = new Map();
  for (const figure of figures) {
    const key = keyOf(figure);
    const list = groups.get(key);
    if (list) list.push(figure);
    else groups.set(key, [figure]);
  }
  return groups;
}

export class Figures {
  /** @param {Figure[]} figures */
  constructor(figures) {
    this.all = figures;
    this.byKey = new Map(figures.map((f) => [`${f.statistic} ${f.of} ${f.domain}`, f]));
  }

  /** @type {(statistic: string, of: string, domain?: string) => Figure | null} */
  get(statistic, of, domain = '') {
    return this.byKey.get(`${statistic} ${of} ${domain}`) ?? null;
  }

  // The indicator's domains: [id, figures], in the definition's order.
  domains() {
    const means = this.all.filter(
      (f) => f.statistic === 'mean' && f.of === 'indicator' && f.domain && !f.domain.includes('&'),
    );
    return [...grouped(means, (f) => codeOf(f.domain)[0])];
  }

  // The indicator's differences to earlier waves: by the wave compared with.
  changes() {
    const changes = this.all.filter(
      (f) =>
        f.statistic === 'difference' &&
        f.of === 'indicator' &&
        f.against &&
        !f.against.includes('='),
    );
    return grouped(changes, (f) => f.against);
  }

  // Shares of questions over all: [question id, figures].
  questions() {
    const shares = this.all.filter(
      (f) => f.statistic === 'share' && !f.domain && !f.of.startsWith('indicator/'),
    );
    return [...grouped(shares, (f) => subjectOf(f.of)[0])];
  }
}
