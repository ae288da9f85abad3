// Written by tests/page/types.mjs from proto/; not by hand.

export interface Text {
  da: string;
  en: string;
}

export interface CsvFormat {
  separator: string;
  decimal_comma: boolean;
  thousands_separator: string;
  encoding: string;
}

export interface Channel {
  code: string;
  label: Text | null;
  target: number;
}

export interface Category {
  code: string;
  label: Text | null;
  population: number | null;
  collapse_into: string;
  target: number;
  base_weight: number | null;
}

export interface Dimension {
  id: string;
  label: Text | null;
  ordered: boolean;
  categories: Category[];
}

export interface Population {
  file: string;
  joint_file: string;
  format: CsvFormat | null;
  provenance: string;
}

export interface Option {
  code: string;
  label: Text | null;
  missing: boolean;
  exclusive: boolean;
  ranked: boolean | null;
}

export interface OptionSet {
  id: string;
  label: Text | null;
  options: string[];
}

export interface Question {
  id: string;
  text: Text | null;
  label: Text | null;
  kind: string;
  max_choices: number;
  required: boolean;
  options: Option[];
  sets: OptionSet[];
  battery: string;
}

export interface Combination {
  options: string[];
}

export interface IndicatorGroup {
  id: string;
  label: Text | null;
  description: Text | null;
  score: number;
  combinations: Combination[];
}

export interface Indicator {
  label: Text | null;
  questions: string[];
  groups: IndicatorGroup[];
}

export interface Tabulation {
  question: string;
  by: string[];
  pairs: boolean;
  group_shares: boolean;
  totals: boolean;
  ratio: boolean;
  against_others: boolean;
}

export interface Weighting {
  method: string;
  dimensions: string[];
  collapse_below: number;
  lower_bound: number | null;
  upper_bound: number | null;
  trim_once: boolean;
  trim_strict: boolean;
  trim_lower: number | null;
  trim_upper: number | null;
  fallback: string;
  ridge: number;
  variance: string;
}

export interface Design {
  base_weights: string;
  stratum_dimension: string;
  base_weight_log2: number;
}

export interface SampleFrame {
  file: string;
  format: CsvFormat | null;
}

export interface PlannedArrival {
  date: string;
  share: number;
  channel: string;
}

export interface Reporting {
  confidence_level: number;
  minimum_n: number;
  flag_below_n: number;
  minimum_n_effective: number;
  sequence_planned_n: number;
  minimum_known_eligibility: number;
  response_fpc: boolean;
}

export interface ComparisonFigure {
  statistic: string;
  of: string;
  domain: string;
  value: number;
  se: number | null;
  n: number | null;
}

export interface Comparison {
  id: string;
  label: Text | null;
  figures: ComparisonFigure[];
}

export interface WaveDefinition {
  id: string;
  title: Text | null;
  fieldwork_start: string;
  fieldwork_end: string;
  time_zone: string;
  languages: string[];
  channels: Channel[];
  channel_priority: boolean;
  clock_tolerance_minutes: number;
  max_respondents: number;
  dimensions: Dimension[];
  population: Population | null;
  questions: Question[];
  indicator: Indicator | null;
  tabulations: Tabulation[];
  weighting: Weighting | null;
  design: Design | null;
  sample_frame: SampleFrame | null;
  disposition_precedence: string[];
  planned_respondents: number;
  planned_arrivals: PlannedArrival[];
  reporting: Reporting | null;
  comparisons: Comparison[];
  joint_population: number[];
}

export interface Figure {
  statistic: string;
  of: string;
  domain: string;
  against: string;
  n: number;
  n_effective: number | null;
  value: number | null;
  se: number | null;
  se_interval: number | null;
  low: number | null;
  high: number | null;
  sequence_low: number | null;
  sequence_high: number | null;
  degrees_of_freedom: number | null;
  flags: string[];
}

export interface Calibration {
  method: string;
  converged: boolean;
  iterations: number;
  max_margin_error: number | null;
  worst_margin: string;
  flags: string[];
  collapsed: string[];
  sparse: string[];
  collapsed_share: number;
  ridge: boolean;
  collapsed_limit: number;
  trimming: string;
  trimmed: number;
  trimmed_outside: number;
  trim_passes: number;
  negative_weights: number;
  zero_weights: number;
  overfull: string[];
}

export interface DomainComparison {
  family: string;
  of: string;
  a: string;
  b: string;
  difference: number | null;
  se: number | null;
  se_interval: number | null;
  degrees_of_freedom: number | null;
  low: number | null;
  high: number | null;
  p: number | null;
  p_adjusted: number | null;
  flags: string[];
}

export interface RankedFigure {
  of: string;
  value: number | null;
  n: number;
  rank: number | null;
  rank_low: number | null;
  rank_high: number | null;
  flags: string[];
  ties: number | null;
}

export interface Ranking {
  id: string;
  figures: RankedFigure[];
}

export interface NotCompared {
  domain: string;
  categories: number;
  limit: number;
}

export interface Estimates {
  wave: string;
  n: number;
  n_outside_population: number;
  n_effective: number | null;
  design_effect: number | null;
  population: number | null;
  calibration: Calibration;
  figures: Figure[];
  flags: string[];
  comparisons: DomainComparison[];
  rankings: Ranking[];
  channel_comparison: ChannelComparison | null;
  not_compared: NotCompared[];
  indicator_digits: number;
}

export interface ChannelFigure {
  channel: string;
  n: number;
  raw: number | null;
  weighted: number | null;
  low: number | null;
  high: number | null;
  raw_difference: number | null;
  difference: number | null;
  difference_low: number | null;
  difference_high: number | null;
  flags: string[];
}

export interface ChannelComparison {
  channels: ChannelFigure[];
}

export interface ResponseRates {
  complete: number;
  partial: number;
  refusal: number;
  non_contact: number;
  other: number;
  unknown: number;
  ineligible: number;
  rr1: number | null;
  rr2: number | null;
  rr3: number | null;
  rr4: number | null;
  rr5: number | null;
  rr6: number | null;
  answered: number;
  base: number;
}

export interface ChannelCollection {
  channel: string;
  respondents: number;
  target: number | null;
  accepted: number;
  corrections: number;
  withdrawals: number;
  conflicts: number;
  tests: number;
  marked: number;
  case_events: number;
  last_receipt: string | null;
  response: ResponseRates | null;
}

export interface CategoryCollection {
  dimension: string;
  category: string;
  respondents: number;
  population: number | null;
  target: number | null;
  invited: number | null;
  response: ResponseRates | null;
}

export interface DispositionCount {
  disposition: string;
  units: number;
}

export interface Collection {
  version: number;
  respondents: number;
  units: number;
  frame_units: number | null;
  partial: number;
  break_offs: number;
  withdrawn: number;
  planned_respondents: number | null;
  channels: ChannelCollection[];
  categories: CategoryCollection[];
  dispositions: DispositionCount[];
  conflicts_open: number;
  category_differences: number;
  last_receipt: string | null;
  response: ResponseRates | null;
  response_weighted: ResponseRates | null;
  eligible_share: number | null;
  eligibility_known: number;
  conflicts_untracked: number;
  units_without_channel: number;
  representativity: Representativity | null;
  correction_effect: CorrectionEffect | null;
  definition_id: string;
  definition_since: string | null;
  definitions: number;
  sequence_since: string | null;
  bias_to_match: BiasToMatch | null;
}

export interface BiasToMatch {
  response_rate: number;
  half_width: number;
  difference: number;
}

export interface CorrectionEffect {
  corrections: number;
  regrouped: number;
  with: number | null;
  without: number | null;
  difference: number | null;
}

export interface CategoryRepresentativity {
  category: string;
  rate: number | null;
  unconditional: number | null;
  conditional: number | null;
}

export interface DimensionRepresentativity {
  dimension: string;
  cv: number | null;
  conditional: number | null;
  categories: CategoryRepresentativity[];
}

export interface Representativity {
  cv: number | null;
  r: number | null;
  r_adjusted: number | null;
  response_mean: number | null;
  dimensions: DimensionRepresentativity[];
  reason: string;
}

export interface ExpectedByToday {
  channel: string;
  respondents: number;
}

export interface ProcessCounters {
  received: number;
  duplicate: number;
  superseded: number;
  rejected: number;
  register_full: number;
  ignored_questions: number;
  conflicts_untracked: number;
  ignored_fields: number;
}

export interface Clock {
  as_of: string;
  simulated: boolean;
  today: string;
  fieldwork_day: number;
  fieldwork_days: number;
  expected: ExpectedByToday[];
  last_sign_of_life: string | null;
  process: ProcessCounters;
}

export interface Snapshot {
  estimates: Estimates;
  collection: Collection;
  clock: Clock;
}

export interface HistoryHour {
  hour: string;
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
  flags: string[];
}

export interface HistoryDay {
  date: string;
  respondents: number;
  channels: number[];
  value: number | null;
  low: number | null;
  high: number | null;
  answered: number;
  day_value: number | null;
}

export interface PlannedDay {
  date: string;
  respondents: number;
}

export interface History {
  wave: string;
  channels: string[];
  hours: HistoryHour[];
  days: HistoryDay[];
  planned: PlannedDay[];
}

export interface Cell {
  categories: CategoryValueOf[];
  population: number | null;
  n: number;
  weight: number | null;
  invited: number | null;
  responded: number | null;
}

export interface CategoryValueOf {
  dimension: string;
  category: string;
}

export interface Cells {
  wave: string;
  cells: Cell[];
}

export interface CellGain {
  categories: CategoryValueOf[];
  n: number;
  open: number | null;
  expected_response: number | null;
  variance_gain: number | null;
  variance_gain_share: number | null;
  representativity_gain: number | null;
}

export interface CategoryGain {
  dimension: string;
  category: string;
  n: number;
  open: number | null;
  expected_response: number | null;
  variance_gain: number | null;
  variance_gain_share: number | null;
  representativity_gain: number | null;
}

export interface Guidance {
  wave: string;
  flags: string[];
  cells: CellGain[];
  categories: CategoryGain[];
}

export interface AttentionItem {
  kind: string;
  pseudonym: string;
  channel: string;
  revision: number;
  reason: string;
  count: number;
  first: string;
  last: string;
}

export interface Attention {
  wave: string;
  items: AttentionItem[];
}

export interface DefinitionChange {
  kind: string;
  what: string;
  before: string;
  after: string;
  begins_sequence: boolean;
}

export interface DefinitionVersion {
  definition_id: string;
  since: string | null;
  changes: DefinitionChange[];
}

export interface WaveInfo {
  definition: WaveDefinition;
  definition_id: string;
  cells: number;
  classes: number;
  definitions: DefinitionVersion[];
}
