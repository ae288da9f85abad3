# Margins that are hard to meet, base weights over nine powers of ten, and trimming. Read by make_fixtures.R, whose functions it uses.

# ---- questions that all of these waves have

hard_answers <- function(data, lift) {
  n <- nrow(data)
  data$outlook <- as.character(cut(lift + rnorm(n), c(-Inf, -1.6, -0.6, 0.5, 1.6, Inf), rev(names(scores))))
  data$use <- sample(c("never", "some", "daily"), n, TRUE)
  data$outlook[runif(n) < 0.08] <- NA
  data$use[runif(n) < 0.1] <- NA
  data
}

hard_definition <- function(margins, weighting, design, base = NULL) {
  ids <- names(margins)
  dimensions <- vapply(ids, function(id) {
    dimension_text(id, margins[[id]], if (id %in% names(base)) sprintf(" base_weight: %s", number(base[[id]])) else "")
  }, "")
  paste0(paste(dimensions, collapse = ""),
         question_text("outlook", names(scores), " kind: SCALE"),
         question_text("use", c("never", "some", "daily")),
         indicator_text("outlook", scores),
         "tabulations { ", paste0("by: \"", ids, "\" ", collapse = ""), "by: \"use\" }\n",
         "tabulations { question: \"use\" by: \"direction\" by: \"", ids[1], "\" }\n",
         "weighting { ", weighting, " }\n", design)
}

hard_figures <- function(design, data, margins) {
  all_figures(design, data, "outlook", scores, names(margins), single = "use", by_question = "use")
}

# survey's raking goes full steps of Newton's method from the base weights, which base weights over many powers of ten throw off. The
# same distance from where sweeps over the table of the base weights have come to: F(u) = exp(offset + u).
from_sweeps <- function(design, margins) {
  data <- design$variables
  before <- xtabs(weights(design) ~ ., data[names(margins)])
  table <- before
  for (round in 1:100000) {
    worst <- 0
    for (d in seq_along(margins)) {
      sums <- apply(table, d, sum)
      worst <- max(worst, abs(sums / margins[[d]] - 1))
      table <- sweep(table, d, margins[[d]] / sums, "*")
    }
    if (worst < 1e-6) break
  }
  cat(round, "sweeps, ")
  offset <- log((table / before)[as.matrix(data[names(margins)])])
  make.calfun(function(u, bounds) exp(offset + u) - 1, function(u, bounds) exp(offset + u), "raking")
}

# calibrate's own linear solves the equations once, in normal equations that these base weights leave few digits; again and again it
# ends at the same solution.
again_linear <- make.calfun(function(u, bounds) u, function(u, bounds) rep(1, length(u)), "linear, until it is met")

solved <- function(design, margins, calfun = from_sweeps(design, margins)) {
  result <- calibrate(design, as.formula(paste("~", paste(names(margins), collapse = "+"))), effects(margins), calfun = calfun,
                      epsilon = 1e-13, maxit = 1000)
  g <- weights(result) / weights(design)
  cat(sprintf("g from %.3g to %.3g\n", min(g), max(g)))
  result
}

write_hard <- function(name, definition, data, design, margins) {
  write_fixture(name, definition, data, design, hard_figures(design, data, margins))
}

# ---- an area that lies in a region but for three firms, beside three others that do

nested <- function(n, seed) {
  set.seed(seed)
  area <- sample(paste0("a", 1:7), n, TRUE, c(0.02, 0.18, 0.2, 0.15, 0.15, 0.2, 0.1))
  region <- c(a1 = "r1", a2 = "r1", a3 = "r2", a4 = "r2", a5 = "r3", a6 = "r3", a7 = "r3")[area]
  size <- sample(c("micro", "small", "large"), n, TRUE, c(0.5, 0.3, 0.2))
  # Three firms of a2 lie in r2.
  region[which(area == "a2")[1:3]] <- "r2"
  data <- data.frame(area = area, region = unname(region), size = size)
  data <- hard_answers(data, 0.5 * (area == "a2") - 0.4 * (size == "large"))
  data
}
nested_margins <- list(area = c(a1 = 900, a2 = 1800, a3 = 2100, a4 = 1300, a5 = 1600, a6 = 1500, a7 = 800),
                       region = c(r1 = 2670, r2 = 3430, r3 = 3900), size = c(micro = 6400, small = 2700, large = 900))

# ---- two classifications of which 596 of 600 firms have the same class

# unequal: base weights; light: the few firms whose classes differ have next to none.
coinciding <- function(n, seed, unequal, light = FALSE) {
  set.seed(seed)
  code <- sample(1:4, n, TRUE, c(0.4, 0.3, 0.2, 0.1))
  # One firm of each class has the next one as the other.
  other <- code
  moved <- match(1:4, code)
  other[moved] <- code[moved] %% 4 + 1
  data <- data.frame(industry = paste0("i", code), branch = paste0("b", other), size = sample(c("small", "large"), n, TRUE))
  if (unequal) data$base_weight <- round(exp(rnorm(n, 0.5, 0.6)), 5)
  if (light) data$base_weight <- ifelse(code == other, 50000, 0.001) * data$base_weight
  if (light) data$base_weight <- pmax(data$base_weight, 0.001)
  hard_answers(data, 0.4 * (code - 2))
}
coinciding_margins <- list(industry = c(i1 = 3900, i2 = 3050, i3 = 2040, i4 = 1010),
                           branch = c(b1 = 3903, b2 = 3049, b3 = 2041, b4 = 1007), size = c(small = 7000, large = 3000))

# ---- base weights from 2^-10 to 2^20: some firms stand for a million others, some for next to none

decades_margins <- list(size = c(micro = 5200, small = 3100, large = 1700), area = c(north = 3000, east = 2500, south = 4500),
                        kind = c(old = 6000, new = 4000))
decades <- function(n, seed, few) {
  set.seed(seed)
  draw <- function(margin) factor(sample(names(margin), n, TRUE, margin), levels = names(margin))
  data <- data.frame(size = draw(decades_margins$size), area = draw(decades_margins$area), kind = draw(decades_margins$kind))
  # 7e5 and 1e-3 side by side: in one class all are light but a few, in the others light ones are mixed in.
  data$base_weight <- ifelse(runif(n) < 0.5, 7e5, 0.001) * (1 + (seq_len(n) %% 7) / 16)
  if (few) data$base_weight[data$size == "large"] <- 0.001 * (1 + (which(data$size == "large") %% 5) / 16)
  hard_answers(data, 0.4 * (as.integer(data$size) - 2))
}

# The scale of base weights matters to no method without bounds, but to where survey's iterations start.
scaled <- function(data, population) svydesign(~1, weights = data$base_weight * population / sum(data$base_weight), data = data)

make_hard <- function() {
  data <- with_factors(nested(500, 11), nested_margins)
  plain <- svydesign(~1, weights = rep(20, 500), data = data)
  three <- "dimensions: \"area\" dimensions: \"region\" dimensions: \"size\""
  write_hard("hard-nested", hard_definition(nested_margins, three, ""), data, solved(plain, nested_margins), nested_margins)

  for (unequal in c(FALSE, TRUE)) {
    data <- with_factors(coinciding(600, 12, unequal), coinciding_margins)
    plain <- if (unequal) svydesign(~1, weights = ~base_weight, data = data) else svydesign(~1, weights = rep(16, 600), data = data)
    write_hard(paste0("hard-coinciding", if (unequal) "-weighted"),
               hard_definition(coinciding_margins, "", if (unequal) per_unit else ""), data,
               solved(plain, coinciding_margins), coinciding_margins)
  }

  data <- with_factors(coinciding(600, 16, TRUE, TRUE), coinciding_margins)
  plain <- scaled(data, 10000)
  write_hard("hard-coinciding-decades", hard_definition(coinciding_margins, "", per_unit), data, solved(plain, coinciding_margins),
             coinciding_margins)
  # Weights below 0.
  far <- list(size = c(micro = 500, small = 1000, large = 8500), area = c(north = 8000, east = 1500, south = 500),
              kind = c(old = 9000, new = 1000))
  data <- with_factors(decades(300, 17, FALSE), far)
  data$base_weight <- round(exp(rnorm(300, 0.5, 0.6)), 5)
  write_hard("hard-negative", hard_definition(far, "method: LINEAR", per_unit), data, solved(scaled(data, 10000), far, again_linear), far)

  for (few in c(FALSE, TRUE)) {
    data <- with_factors(decades(400, 13 + few, few), decades_margins)
    name <- if (few) "hard-decades-apart" else "hard-decades"
    plain <- scaled(data, 10000)
    write_hard(name, hard_definition(decades_margins, "", per_unit), data, solved(plain, decades_margins), decades_margins)
    write_hard(paste0(name, "-linear"), hard_definition(decades_margins, "method: LINEAR", per_unit), data,
               solved(plain, decades_margins, again_linear), decades_margins)
  }
}

# ---- trimming

# What trimWeights and calibrate(trim = ) do; counted here, since they do not say how many they trimmed.
count_trimmed <- function(before, after, lower, upper, margins, data) {
  errors <- unlist(lapply(names(margins), function(id) {
    sums <- tapply(after, data[[id]], sum)[names(margins[[id]])]
    setNames(abs(sums / margins[[id]] - 1), paste0(id, "=", names(margins[[id]])))
  }))
  data.frame(outside_before = sum(before < lower | before > upper),
             outside_after = sum(after < lower * (1 - 1e-12) | after > upper * (1 + 1e-12)),
             worst = names(which.max(errors)), error = number(max(errors)))
}

write_trimmed <- function(name, definition, data, raked, trimmed, lower, upper, margins) {
  figures <- hard_figures(trimmed, data, margins)
  figures[c("se", "low", "high", "rows", "df")] <- NA
  write_fixture(name, definition, data, trimmed, figures)
  write.csv(count_trimmed(weights(raked), weights(trimmed), lower, upper, margins, data), file.path(folder, name, "trim.csv"),
            row.names = FALSE, quote = FALSE)
}

make_trimmed <- function() {
  margins <- list(size = c(micro = 5200, small = 3100, medium = 1400, large = 300),
                  area = c(north = 3000, east = 2500, south = 2500, west = 1500, isle = 500))
  set.seed(15)
  n <- 300
  draw <- function(margin, tilt) factor(sample(names(margin), n, TRUE, margin^tilt), levels = names(margin))
  data <- hard_answers(data.frame(size = draw(margins$size, 0.3), area = draw(margins$area, 0.5)), rnorm(n))
  raked <- solved(svydesign(~1, weights = rep(1, n), data = data), margins)
  cat("weights", range(weights(raked)), "\n")
  for (strict in c(FALSE, TRUE)) {
    word <- if (strict) "trim_strict" else "trim_once"
    name <- if (strict) "strict" else "once"
    upper <- trimWeights(raked, upper = 60, strict = strict)
    write_trimmed(paste0("trim-upper-", name), hard_definition(margins, paste0("trim_upper: 60 ", word, ": true"), ""), data, raked,
                  upper, -Inf, 60, margins)
    both <- trimWeights(raked, lower = 15, upper = 52, strict = strict)
    write_trimmed(paste0("trim-both-", name),
                  hard_definition(margins, paste0("trim_lower: 15 trim_upper: 52 ", word, ": true"), ""), data, raked, both, 15, 52,
                  margins)
  }
  # With equal base weights bounds of the factor are bounds of the weight.
  bound <- 1.8
  of_factor <- trimWeights(raked, upper = bound * 10000 / n, strict = TRUE)
  write_trimmed("trim-factor-strict", hard_definition(margins, sprintf("upper_bound: %s trim_strict: true", bound), ""), data, raked,
                of_factor, -Inf, bound * 10000 / n, margins)

  # Base weights per cell.
  base <- c(micro = 30, small = 12.5, medium = 6, large = 1.25)
  weight <- unname(base[as.character(data$size)])
  raked <- solved(svydesign(~1, weights = weight, data = data), margins)
  cat("weights", range(weights(raked)), "\n")
  design <- "design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: \"size\" }\n"
  for (strict in c(FALSE, TRUE)) {
    # Strata are no matter of weights; survey's are left out, and no standard error is compared.
    write_trimmed(paste0("trim-cells-", if (strict) "strict" else "once"),
                  hard_definition(margins, paste0("trim_upper: 62 ", if (strict) "trim_strict" else "trim_once", ": true"), design,
                                  list(size = base)),
                  data, raked, trimWeights(raked, upper = 62, strict = strict), -Inf, 62, margins)
  }

  # Base weights per unit: bounds of the factor, spread over base weights.
  data$base_weight <- round(exp(rnorm(n, 0.5, 0.4)), 5)
  scale <- 10000 / sum(data$base_weight)
  plain <- svydesign(~1, weights = ~I(base_weight * scale), data = data)
  raked <- solved(plain, margins)
  g <- weights(raked) / weights(plain)
  cat("factors", range(g), "\n")
  trimmed <- suppressMessages(calibrate(plain, ~size + area, effects(margins), calfun = "raking", epsilon = 1e-13, maxit = 1000,
                                        trim = c(0.4, 1.7)))
  write_trimmed("trim-factor-units", hard_definition(margins, "lower_bound: 0.4 upper_bound: 1.7 trim_once: true", per_unit), data,
                raked, trimmed, 0.4 * weights(plain), 1.7 * weights(plain), margins)
}
