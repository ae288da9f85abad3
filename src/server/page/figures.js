// Looking figures up by what they are, and labels by code. Nothing here knows a survey.
import { engineName, label } from './texts.js';

export class Wave {
  constructor(info) {
    this.definition = info.definition;
    this.versions = info.definitions ?? [];
    this.dimensions = new Map(this.definition.dimensions.map((d) => [d.id, d]));
    this.questions = new Map(this.definition.questions.map((q) => [q.id, q]));
    this.channels = this.definition.channels;
    this.indicator = this.definition.indicator;
    this.comparison = this.definition.comparisons[0] ?? null;
  }

  // Decimals of the indicator: one for scores like -100 to 100, two where all are below ten.
  get digits() {
    return Math.max(0, ...(this.indicator?.groups ?? []).map((g) => Math.abs(g.score))) < 10
      ? 2
      : 1;
  }

  // Name of a dimension, a question, channel or direction.
  domainLabel(id) {
    const item = this.dimensions.get(id) ?? this.questions.get(id);
    return item ? label(item.label ?? item.text, id) : engineName(id);
  }

  categoryLabel(id, code) {
    const dimension = this.dimensions.get(id);
    if (dimension) return label(dimension.categories.find((c) => c.code === code)?.label, code);
    const question = this.questions.get(id);
    if (question) return label(question.options.find((o) => o.code === code)?.label, code);
    if (id === 'channel') return label(this.channels.find((c) => c.code === code)?.label, code);
    return engineName(code);
  }

  // "size=10-49" in words; places of a joint table are joined by &.
  describe(text) {
    if (text.includes('&'))
      return text
        .split('&')
        .map((part) => this.describe(part))
        .join(' · ');
    const at = text.indexOf('=');
    if (at < 0) return text;
    const id = text.slice(0, at);
    return `${this.categoryLabel(id, text.slice(at + 1))} (${this.domainLabel(id).toLowerCase()})`;
  }

  // Dimensions the weights stand on, in their order.
  weightingDimensions() {
    const named = this.definition.weighting?.dimensions ?? [];
    return named.length ? named : this.definition.dimensions.map((d) => d.id);
  }

  comparisonLabel(id) {
    return label(this.definition.comparisons.find((c) => c.id === id)?.label, id);
  }

  // "ai_use/own_solutions" in words.
  optionName(of) {
    const [id, code] = [of.slice(0, of.indexOf('/')), of.slice(of.indexOf('/') + 1)];
    const question = this.questions.get(id);
    if (question)
      return question.sets.some((s) => s.id === code)
        ? this.domainLabel(id)
        : this.optionLabel(question, code);
    return label(
      this.indicator?.groups.find((g) => id === 'indicator' && g.id === code)?.label,
      code,
    );
  }

  // The option, set or group alone.
  optionLabelOf(of) {
    const question = this.questions.get(of.slice(0, of.indexOf('/')));
    return question
      ? this.optionLabel(question, of.slice(of.indexOf('/') + 1))
      : this.optionName(of);
  }

  optionLabel(question, code) {
    const item =
      question.options.find((o) => o.code === code) ?? question.sets.find((s) => s.id === code);
    return label(item?.label, code);
  }

  earlier(statistic, of, domain) {
    return (
      this.comparison?.figures.find(
        (f) => f.statistic === statistic && f.of === of && (f.domain ?? '') === domain,
      ) ?? null
    );
  }
}

export class Figures {
  constructor(figures) {
    this.all = figures;
    this.byKey = new Map(figures.map((f) => [`${f.statistic} ${f.of} ${f.domain}`, f]));
  }

  get(statistic, of, domain = '') {
    return this.byKey.get(`${statistic} ${of} ${domain}`) ?? null;
  }

  // The indicator's domains: [id, figures], in the definition's order.
  domains() {
    const groups = new Map();
    for (const figure of this.all) {
      if (
        figure.statistic !== 'mean' ||
        figure.of !== 'indicator' ||
        !figure.domain ||
        figure.domain.includes('&')
      )
        continue;
      const id = figure.domain.slice(0, figure.domain.indexOf('='));
      if (!groups.has(id)) groups.set(id, []);
      groups.get(id).push(figure);
    }
    return [...groups];
  }

  // The indicator's differences to earlier waves: by the wave compared with.
  changes() {
    const groups = new Map();
    for (const figure of this.all) {
      if (
        figure.statistic !== 'difference' ||
        figure.of !== 'indicator' ||
        !figure.against ||
        figure.against.includes('=')
      )
        continue;
      if (!groups.has(figure.against)) groups.set(figure.against, []);
      groups.get(figure.against).push(figure);
    }
    return groups;
  }

  // Shares of questions over all: [question id, figures].
  questions() {
    const groups = new Map();
    for (const figure of this.all) {
      if (figure.statistic !== 'share' || figure.domain || figure.of.startsWith('indicator/'))
        continue;
      const id = figure.of.slice(0, figure.of.indexOf('/'));
      if (!groups.has(id)) groups.set(id, []);
      groups.get(id).push(figure);
    }
    return [...groups];
  }
}
