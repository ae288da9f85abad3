# Makes the oracle's fixtures: a wave definition, responses and what R's package survey gives for them.
# Run by tools/make-oracle from the root of the repository. Every expected value comes from survey; nothing here computes a variance.
suppressPackageStartupMessages(library(survey))
options(digits = 17, scipen = 100, survey.lonely.psu = "fail")
folder <- commandArgs(trailingOnly = TRUE)[1]

number <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))

# ---- definitions as protobuf text

dimension_text <- function(id, totals, fields = "") {
  categories <- sprintf("  categories { code: \"%s\"%s%s }\n", names(totals),
                        if (all(is.na(totals))) "" else sprintf(" population: %s", number(totals)), fields)
  paste0("dimensions {\n  id: \"", id, "\"\n", paste(categories, collapse = ""), "}\n")
}

question_text <- function(id, options, fields = "") {
  paste0("questions {\n  id: \"", id, "\"", fields, "\n",
         paste(sprintf("  options { code: \"%s\" }\n", options), collapse = ""), "}\n")
}

# Scores of the answers to one question.
indicator_text <- function(question, scores) {
  groups <- sprintf("  groups { id: \"%s\" score: %s combinations { options: \"%s\" } }\n", names(scores),
                    number(scores), names(scores))
  paste0("indicator {\n  questions: \"", question, "\"\n", paste(groups, collapse = ""), "}\n")
}

# The design's weights are those of the responses, in their order.
write_fixture <- function(name, definition, responses, design, expected) {
  to <- file.path(folder, name)
  dir.create(to, showWarnings = FALSE, recursive = TRUE)
  head <- paste0("id: \"", name, "\"\nfieldwork_start: \"2025-09-01\"\nfieldwork_end: \"2025-10-31\"\n",
                 "channels { code: \"web\" }\nmax_respondents: 10000\n")
  cat(head, definition, sep = "", file = file.path(to, "wave.textproto"))
  for (column in names(responses)) {
    if (is.numeric(responses[[column]])) responses[[column]] <- number(responses[[column]])
  }
  responses <- cbind(respondent_id = sprintf("R%04d", seq_len(nrow(responses))), responses)
  write.csv(responses, file.path(to, "responses.csv"), row.names = FALSE, quote = FALSE, na = "")
  for (column in setdiff(names(expected), c("statistic", "of", "domain", "against"))) {
    expected[[column]] <- number(expected[[column]])
  }
  write.csv(expected, file.path(to, "expected.csv"), row.names = FALSE, quote = FALSE, na = "")
  write.csv(data.frame(respondent_id = responses$respondent_id, weight = number(weights(design))),
            file.path(to, "weights.csv"), row.names = FALSE, quote = FALSE)
}

# ---- figures

# y: the variable, missing outside the valid cases; member: the domain.
figure <- function(design, of, domain, y, member) {
  design <- update(design, .y = ifelse(is.na(y), 0, y))
  inside <- subset(design, !is.na(y) & member)
  values <- y[!is.na(y) & member]
  if (length(unique(values)) < 2) return(NULL)
  mean <- svymean(~.y, inside)
  row <- data.frame(of = of, domain = domain, against = "", value = coef(mean)[[1]], se = SE(mean)[[1]],
                    low = NA, high = NA, rows = nrow(inside), df = degf(inside))
  if (all(values %in% c(0, 1))) {
    # Uncapped; R's two t have rows - 1 and df degrees of freedom (a calibrated design keeps the rows
    # outside of a subset).
    limits <- attr(svyciprop(~.y, inside, method = "beta"), "ci")
    row$low <- limits[[1]]
    row$high <- limits[[2]]
  }
  row
}

# Difference of the mean of y between two categories: a contrast of ratios of totals. (svyby with
# covmat fails on a subset of a calibrated design in survey 4.1.)
difference <- function(design, of, y, group, id, a, b) {
  inside <- function(code) as.numeric(!is.na(y) & !is.na(group) & group == code)
  na <- inside(a)
  nb <- inside(b)
  y <- ifelse(is.na(y), 0, y)
  design <- update(design, .na = na, .nb = nb, .ya = y * na, .yb = y * nb)
  totals <- svytotal(~.ya + .na + .yb + .nb, design)
  contrast <- svycontrast(totals, quote(.ya / .na - .yb / .nb))
  data.frame(of = of, domain = paste0(id, "=", a), against = paste0(id, "=", b), value = coef(contrast)[[1]],
             se = SE(contrast)[[1]], low = NA, high = NA, rows = NA, df = NA)
}

# Difference of the means of ya and yb, each over those who have it.
option_difference <- function(design, of, a, ya, b, yb) {
  zero <- function(x) ifelse(is.na(x), 0, x)
  design <- update(design, .na = as.numeric(!is.na(ya)), .nb = as.numeric(!is.na(yb)), .ya = zero(ya), .yb = zero(yb))
  totals <- svytotal(~.ya + .na + .yb + .nb, design)
  contrast <- svycontrast(totals, quote(.ya / .na - .yb / .nb))
  data.frame(of = of, domain = a, against = b, value = coef(contrast)[[1]], se = SE(contrast)[[1]], low = NA,
             high = NA, rows = NA, df = NA)
}

# All figures of a data frame: the indicator, its groups, a single and a multiple question, by domains.
all_figures <- function(design, data, question, scores, by, single = NULL, multiple = NULL, by_question = NULL,
                        battery = NULL) {
  everyone <- rep(TRUE, nrow(data))
  y <- unname(scores[as.character(data[[question]])])
  rows <- list(figure(design, "indicator", "", y, everyone))
  add <- function(row) rows[[length(rows) + 1]] <<- row
  for (group in names(scores)) {
    add(figure(design, paste0("indicator/", group), "",
               ifelse(is.na(y), NA, as.numeric(data[[question]] == group)), everyone))
  }
  for (id in c(by, by_question)) {
    codes <- sort(unique(na.omit(as.character(data[[id]]))))
    for (code in codes) {
      add(figure(design, "indicator", paste0(id, "=", code), y, !is.na(data[[id]]) & data[[id]] == code))
    }
    for (i in seq_along(codes)) for (j in seq_along(codes)) {
      if (i < j) add(difference(design, "indicator", y, data[[id]], id, codes[i], codes[j]))
    }
  }
  direction <- ifelse(y > 0, "increase", ifelse(y < 0, "decline", "unchanged"))
  shares <- list()
  if (!is.null(single)) for (option in sort(unique(na.omit(as.character(data[[single]]))))) {
    shares[[paste0(single, "/", option)]] <- as.numeric(data[[single]] == option)
  }
  if (!is.null(multiple)) {
    chosen <- strsplit(as.character(data[[multiple]]), "|", fixed = TRUE)
    for (option in sort(unique(na.omit(unlist(chosen))))) {
      values <- vapply(chosen, function(x) as.numeric(option %in% x), 0)
      shares[[paste0(multiple, "/", option)]] <- ifelse(is.na(data[[multiple]]), NA, values)
    }
  }
  for (of in names(shares)) {
    add(figure(design, of, "", shares[[of]], everyone))
    for (way in c("increase", "unchanged", "decline")) {
      add(figure(design, of, paste0("direction=", way), shares[[of]], !is.na(direction) & direction == way))
    }
    for (code in sort(unique(as.character(data[[by[1]]])))) {
      add(figure(design, of, paste0(by[1], "=", code), shares[[of]], data[[by[1]]] == code))
    }
  }
  options <- if (is.null(multiple)) character(0) else grep(paste0("^", multiple, "/"), names(shares), value = TRUE)
  for (i in seq_along(options)) for (j in seq_along(options)) {
    if (i < j) add(option_difference(design, multiple, options[i], shares[[options[i]]], options[j], shares[[options[j]]]))
  }
  if (!is.null(battery)) {
    in_set <- function(id) ifelse(is.na(data[[id]]), NA, as.numeric(data[[id]] %in% battery$options))
    of <- paste0(battery$questions, "/", battery$set)
    add(option_difference(design, paste0(battery$id, "/", battery$set), of[1], in_set(battery$questions[1]), of[2],
                          in_set(battery$questions[2])))
  }
  do.call(rbind, rows)
}

# Totals of calibrate for main effects, from named vectors of totals.
effects <- function(margins) {
  parts <- lapply(names(margins), function(id) setNames(margins[[id]][-1], paste0(id, names(margins[[id]])[-1])))
  c(`(Intercept)` = sum(margins[[1]]), unlist(unname(parts)))
}

with_factors <- function(data, margins) {
  for (id in names(margins)) data[[id]] <- factor(as.character(data[[id]]), levels = names(margins[[id]]))
  data
}

raked <- function(design, margins) {
  calibrate(design, as.formula(paste("~", paste(names(margins), collapse = "+"))), effects(margins),
            calfun = "raking", epsilon = 1e-13, maxit = 1000)
}

# ---- the California schools

data(api)
bands <- c(low = 500, middle = 650, high = 800)
school_columns <- function(data) {
  data.frame(stype = data$stype, schwide = data$sch.wide,
             band = as.character(cut(data$api00, c(0, 600, 720, 1000), names(bands))), awards = as.character(data$awards))
}
school_margins <- list(stype = c(table(apipop$stype)), schwide = c(table(apipop$sch.wide)))
school_definition <- function(margins, design, stratum_fields = "") {
  paste0(dimension_text("stype", margins$stype, stratum_fields), dimension_text("schwide", margins$schwide),
         question_text("band", names(bands)), question_text("awards", c("Yes", "No")),
         indicator_text("band", bands),
         "tabulations { by: \"stype\" by: \"schwide\" by: \"awards\" }\n",
         "tabulations { question: \"awards\" by: \"direction\" by: \"stype\" }\n",
         "weighting { dimensions: \"stype\" dimensions: \"schwide\" }\n", design)
}
school_figures <- function(design, data) {
  all_figures(design, data, "band", bands, c("stype", "schwide"), single = "awards", by_question = "awards")
}

make_schools <- function() {
  data <- with_factors(school_columns(apisrs), school_margins)
  design <- raked(svydesign(~1, weights = rep(1, nrow(data)), data = data), school_margins)
  write_fixture("schools-srs", school_definition(school_margins, ""), data, design, school_figures(design, data))

  data <- with_factors(school_columns(apistrat), school_margins)
  weight <- c(tapply(apistrat$pw, apistrat$stype, mean))[names(school_margins$stype)]
  design <- raked(svydesign(~1, strata = ~stype, weights = unname(weight[as.character(data$stype)]), data = data),
                  school_margins)
  write_fixture("schools-stratified",
                school_definition(school_margins,
                                  "design { base_weights: BASE_WEIGHTS_PER_CELL stratum_dimension: \"stype\" }\n",
                                  sprintf(" base_weight: %s", number(weight))),
                data, design, school_figures(design, data))

  data <- with_factors(school_columns(apiclus1), school_margins)
  data$base_weight <- round(apiclus1$pw * (1 + apiclus1$enroll / 1000), 6)
  design <- raked(svydesign(~1, weights = ~base_weight, data = data), school_margins)
  write_fixture("schools-weighted",
                school_definition(school_margins, "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n"), data,
                design, school_figures(design, data))
}

# ---- simulated panels

scores <- c(much = 100, more = 50, same = 0, less = -50, far_less = -100)
panel_margins <- list(size = c(micro = 5200, small = 3100, medium = 1400, large = 300),
                      area = c(north = 3000, east = 2500, south = 2500, west = 1500, isle = 500),
                      age = c(young = 4000, old = 6000))

panel <- function(n, seed, unequal) {
  set.seed(seed)
  draw <- function(margin, tilt) {
    p <- margin^tilt
    factor(sample(names(margin), n, TRUE, p / sum(p)), levels = names(margin))
  }
  data <- data.frame(size = draw(panel_margins$size, 0.6), area = draw(panel_margins$area, 0.8),
                     age = draw(panel_margins$age, 1.3))
  lift <- 0.4 * (as.integer(data$size) - 2) + 0.3 * (as.integer(data$area) - 3)
  data$outlook <- as.character(cut(lift + rnorm(n), c(-Inf, -1.6, -0.6, 0.5, 1.6, Inf), rev(names(scores))))
  data$use <- sample(c("never", "some", "daily"), n, TRUE)
  data$barriers <- sample(c("money", "time", "money|time", "staff", "money|staff"), n, TRUE)
  data$outlook[runif(n) < 0.08] <- NA
  data$use[runif(n) < 0.1] <- NA
  data$barriers[runif(n) < 0.15] <- NA
  if (unequal) data$base_weight <- round(exp(rnorm(n, 0.5, 0.6)) * (1 + 0.5 * (data$size == "micro")), 5)
  data$plans <- ifelse(!is.na(data$use) & runif(n) < 0.4, data$use, sample(c("never", "some", "daily"), n, TRUE))
  data$plans[runif(n) < 0.07] <- NA
  data
}

habits <- list(id = "habits", set = "at_all", options = c("some", "daily"), questions = c("use", "plans"))
habit_text <- function(id) {
  question_text(id, c("never", "some", "daily"),
                paste0(" battery: \"", habits$id, "\" sets { id: \"", habits$set, "\" ",
                       paste0("options: \"", habits$options, "\"", collapse = " "), " }"))
}
panel_definition <- function(margins, weighting, design) {
  ids <- names(panel_margins)
  dimensions <- vapply(ids, function(id) {
    dimension_text(id, if (id %in% names(margins)) margins[[id]] else panel_margins[[id]] * NA)
  }, "")
  paste0(paste(dimensions, collapse = ""),
         question_text("outlook", names(scores), " kind: SCALE"), habit_text("use"), habit_text("plans"),
         question_text("barriers", c("money", "time", "staff"), " kind: MULTIPLE"),
         indicator_text("outlook", scores),
         "tabulations { by: \"size\" by: \"area\" by: \"age\" by: \"use\" }\n",
         "tabulations { question: \"use\" by: \"direction\" by: \"size\" pairs: true }\n",
         "tabulations { question: \"plans\" pairs: true }\n",
         "tabulations { question: \"barriers\" by: \"direction\" by: \"size\" pairs: true }\n",
         "weighting { ", weighting, " }\n", design)
}
panel_figures <- function(design, data) {
  all_figures(design, data, "outlook", scores, names(panel_margins), single = "use", multiple = "barriers",
              by_question = "use", battery = habits)
}
per_unit <- "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n"
three <- "dimensions: \"size\" dimensions: \"area\" dimensions: \"age\""

write_panel <- function(name, definition, data, design) {
  write_fixture(name, definition, data, design, panel_figures(design, data))
}

make_panels <- function() {
  data <- panel(300, 1, FALSE)
  plain <- svydesign(~1, weights = rep(1, 300), data = data)
  write_panel("panel-equal", panel_definition(panel_margins, three, ""), data, raked(plain, panel_margins))

  data <- panel(500, 2, TRUE)
  weighted <- svydesign(~1, weights = ~base_weight, data = data)
  write_panel("panel-weighted", panel_definition(panel_margins, three, per_unit), data,
              raked(weighted, panel_margins))
  write_panel("panel-none", panel_definition(list(), "method: NONE", per_unit), data, weighted)
  by_rake <- rake(weighted, lapply(names(panel_margins), function(id) as.formula(paste("~", id))),
                  lapply(names(panel_margins), function(id) {
                    setNames(data.frame(names(panel_margins[[id]]), panel_margins[[id]]), c(id, "Freq"))
                  }), control = list(maxit = 2000, epsilon = 1e-13, verbose = FALSE))
  write_panel("panel-rake-variance",
              panel_definition(panel_margins, paste(three, "variance: VARIANCE_RAKE"), per_unit), data, by_rake)

  data <- panel(400, 3, TRUE)
  stratified <- svydesign(~1, strata = ~area, weights = ~base_weight, data = data)
  write_panel("panel-strata",
              panel_definition(panel_margins, three,
                               "design { base_weights: BASE_WEIGHTS_PER_UNIT stratum_dimension: \"area\" }\n"),
              data, raked(stratified, panel_margins))
  stratified <- svydesign(~1, strata = ~area, weights = rep(1, 400), data = data)
  write_panel("panel-strata-equal",
              panel_definition(panel_margins["size"], "dimensions: \"size\"",
                               "design { stratum_dimension: \"area\" }\n"),
              data[setdiff(names(data), "base_weight")], raked(stratified, panel_margins["size"]))

  data <- panel(350, 4, TRUE)
  weighted <- svydesign(~1, weights = ~base_weight, data = data)
  one <- data.frame(area = names(panel_margins$area), Freq = panel_margins$area)
  write_panel("panel-poststratified",
              panel_definition(panel_margins["area"], "method: POSTSTRATIFY dimensions: \"area\"", per_unit), data,
              postStratify(weighted, ~area, one))
  joint <- expand.grid(age = names(panel_margins$age), size = names(panel_margins$size))[, 2:1]
  joint$Freq <- round(panel_margins$size[joint$size] * panel_margins$age[joint$age] / 10000 *
                        c(0.9, 1.1, 1.05, 0.95, 1.2, 0.8, 1, 1))
  write_panel("panel-joint",
              paste0(panel_definition(list(), "method: POSTSTRATIFY dimensions: \"size\" dimensions: \"age\"",
                                      per_unit),
                     "population { joint_file: \"joint.csv\" }\n"),
              data, postStratify(weighted, ~size + age, joint))
  names(joint)[3] <- "total"
  write.csv(joint, file.path(folder, "panel-joint", "joint.csv"), row.names = FALSE, quote = FALSE)
}

# ---- other distances: bounds are on weights relative to base weights that add up to the population

# Raking with a cap, w = min(d exp(x'lambda), cap d). The package's own bounded raking takes the slope from
# where u lies against the bounds of g, not of log g, and stops early.
capped <- function(cap) {
  make.calfun(function(u, bounds) pmin(exp(u), cap) - 1, function(u, bounds) ifelse(exp(u) < cap, exp(u), 0),
              paste("raking capped at", cap))
}

distances <- list(
  "linear" = list(fields = "method: LINEAR", calfun = "linear"),
  "linear-bounded" = list(fields = "method: LINEAR lower_bound: 0.35 upper_bound: 1.5", calfun = "linear",
                          bounds = c(0.35, 1.5)),
  "logit" = list(fields = "method: LOGIT lower_bound: 0.2 upper_bound: 2.5", calfun = "logit", bounds = c(0.2, 2.5)),
  "capped" = list(fields = "method: RAKE upper_bound: 1.6", calfun = capped(1.6)))

by_distance <- function(design, margins, distance) {
  bounds <- if (is.null(distance$bounds)) c(-Inf, Inf) else distance$bounds
  result <- calibrate(design, as.formula(paste("~", paste(names(margins), collapse = "+"))), effects(margins),
                      calfun = distance$calfun, bounds = bounds, epsilon = 1e-13, maxit = 1000)
  g <- weights(result) / weights(design)
  cat(sprintf("g from %.4f to %.4f, %d of %d at a bound\n", min(g), max(g),
              sum(abs(g - min(g)) < 1e-9 | abs(g - max(g)) < 1e-9), length(g)))
  result
}

make_distances <- function() {
  data <- panel(450, 5, TRUE)
  data$scaled <- data$base_weight * 10000 / sum(data$base_weight)
  plain <- svydesign(~1, weights = ~scaled, data = data)
  stratified <- svydesign(~1, strata = ~age, weights = ~scaled, data = data)
  columns <- setdiff(names(data), "scaled")
  for (name in names(distances)) {
    distance <- distances[[name]]
    design <- by_distance(plain, panel_margins, distance)
    write_fixture(paste0("panel-", name), panel_definition(panel_margins, paste(three, distance$fields), per_unit),
                  data[columns], design, panel_figures(design, data))
  }
  distance <- distances[["logit"]]
  design <- by_distance(stratified, panel_margins, distance)
  write_fixture("panel-logit-strata",
                panel_definition(panel_margins, paste(three, distance$fields),
                                 "design { base_weights: BASE_WEIGHTS_PER_UNIT stratum_dimension: \"age\" }\n"),
                data[columns], design, panel_figures(design, data))

  data <- with_factors(school_columns(apiclus1), school_margins)
  data$base_weight <- round(apiclus1$pw * (1 + apiclus1$enroll / 1000), 6)
  data$scaled <- data$base_weight * nrow(apipop) / sum(data$base_weight)
  design <- by_distance(svydesign(~1, weights = ~scaled, data = data), school_margins, list(calfun = "linear"))
  write_fixture("schools-linear",
                sub("weighting {", "weighting { method: LINEAR",
                    school_definition(school_margins, "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n"),
                    fixed = TRUE),
                data[setdiff(names(data), "scaled")], design, school_figures(design, data))
}

# ---- the cases of tests/testdata/cases, whose definitions and responses stand there

case_rows <- function(name, design, of, y, domains = list()) {
  rows <- figure(design, of, "", y, rep(TRUE, length(y)))
  for (domain in names(domains)) rows <- rbind(rows, figure(design, of, domain, y, domains[[domain]]))
  cbind(case = name, rows[c("of", "domain", "value", "se")])
}

make_cases <- function() {
  cases <- "tests/testdata/cases"
  read <- function(file) read.csv(file.path(cases, file), colClasses = "character", encoding = "UTF-8")
  totals_of <- function(file) {
    totals <- read(file)
    totals$total <- as.numeric(totals$total)
    totals <- totals[totals$total > 0, ]
    lapply(split(totals, factor(totals$dimension, unique(totals$dimension))),
           function(x) setNames(x$total, x$category))
  }
  rows <- list()

  margins <- totals_of("02/population.csv")
  data <- with_factors(read("02/responses.csv"), margins)
  design <- raked(svydesign(~1, weights = rep(1, nrow(data)), data = data), margins)
  domains <- lapply(setNames(nm = names(margins$size)), function(code) data$size == code)
  names(domains) <- paste0("size=", names(domains))
  rows[[1]] <- case_rows("02", design, "export/yes", as.numeric(data$export == "yes"), domains)

  margins <- totals_of("04/population.csv")
  data <- read("04/responses.csv")
  data <- with_factors(data[data$size %in% names(margins$size), ], margins)
  design <- raked(svydesign(~1, weights = rep(1, nrow(data)), data = data), margins)
  rows[[2]] <- case_rows("04", design, "orders/up", as.numeric(data$orders == "up"))

  margins <- totals_of("05/population_plain.csv")
  data <- with_factors(read("05/responses_plain.csv"), margins)
  data$base_weight <- as.numeric(data$base_weight)
  one <- data.frame(area = factor(names(margins$area), levels(data$area)), Freq = margins$area)
  design <- postStratify(svydesign(~1, weights = ~base_weight, data = data), ~area, one)
  rows[[3]] <- case_rows("05", design, "orders/up", as.numeric(data$orders == "up"))

  rows <- do.call(rbind, rows)
  for (column in c("value", "se")) rows[[column]] <- number(rows[[column]])
  write.csv(rows, file.path(folder, "cases.csv"), row.names = FALSE, quote = FALSE)
}

make_schools()
make_panels()
make_distances()
make_cases()
source(file.path(dirname(folder), "make_hard_fixtures.R"))
make_hard()
make_trimmed()
source(file.path(dirname(folder), "make_wave_fixtures.R"))
make_waves()
source(file.path(dirname(folder), "make_extra_fixtures.R"))
make_extras()
cat(as.character(packageVersion("survey")), "of survey,", R.version.string, "\n",
    file = file.path(folder, "versions.txt"))
