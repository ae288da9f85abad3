# Makes the fixtures of what a definition asks for beyond means and shares: totals, group shares and shares by
# domain, crossed domains, ratios, a category against its others; and what R's package survey gives for them.
# Run by tools/make-oracle behind make_fixtures.R, whose functions it takes.

# What each is tabulated by.
extra_by_default <- list(indicator = c("size", "use", "size&area", "use&age"), use = c("size", "direction", "size&age"),
                         barriers = c("area", "use", "direction&size"))
extra_definition <- function(margins, weighting, design, by = extra_by_default) {
  domains <- function(id) paste0("by: \"", by[[id]], "\"", collapse = " ")
  tabulations <- paste0(
    "tabulations { ", domains("indicator"), " group_shares: true totals: true ratio: true against_others: true }\n",
    "tabulations { question: \"use\" ", domains("use"), " totals: true against_others: true }\n",
    "tabulations { question: \"barriers\" ", domains("barriers"), " totals: true against_others: true }\n")
  definition <- panel_definition(margins, weighting, design)
  begin <- regexpr("tabulations ", definition, fixed = TRUE)
  end <- regexpr("weighting {", definition, fixed = TRUE)
  paste0(substr(definition, 1, begin - 1), tabulations, substr(definition, end, nchar(definition)))
}

extra_row <- function(statistic, of, domain, against, estimate) {
  data.frame(statistic = statistic, of = of, domain = domain, against = against, value = coef(estimate)[[1]],
             se = SE(estimate)[[1]])
}

# y: the variable, missing outside the valid cases; x: what stands below the line of a ratio.
extra_of <- function(statistic, design, of, domain, y, member, x = NULL) {
  inside <- !is.na(y) & member
  if (statistic == "total") {
    design <- update(design, .y = ifelse(inside, y, 0))
    if (sum(y[inside]) == 0) return(NULL)
    return(extra_row(statistic, of, domain, "", svytotal(~.y, design)))
  }
  design <- update(design, .y = ifelse(is.na(y), 0, y), .x = if (is.null(x)) 1 else ifelse(is.na(x), 0, x))
  if (statistic == "ratio") {
    if (sum(y[inside]) == 0 || sum(x[inside]) == 0) return(NULL)
    ratio <- svyratio(~.y, ~.x, subset(design, inside))
    return(data.frame(statistic = statistic, of = of, domain = domain, against = "", value = ratio$ratio[[1]],
                      se = sqrt(ratio$var[[1]])))
  }
  if (length(unique(y[inside])) < 2) return(NULL)
  extra_row(statistic, of, domain, "", svymean(~.y, subset(design, inside)))
}

# The mean of y in the domain less that of all others that have a place in it.
extra_others <- function(design, of, domain, y, member, whole) {
  if (length(unique(y[!is.na(y) & member])) < 2 || length(unique(y[!is.na(y) & whole & !member])) < 2) return(NULL)
  group <- ifelse(whole, ifelse(member, "in", "out"), NA)
  row <- difference(design, of, y, group, "side", "in", "out")
  data.frame(statistic = "difference", of = of, domain = domain, against = paste0("!", domain), value = row$value,
             se = row$se)
}

# Shares and totals by svyby, for every category at once.
extra_by <- function(design, of, y, by, FUN, statistic) {
  ids <- strsplit(by, "&", fixed = TRUE)[[1]]
  inside <- !is.na(y) & complete.cases(design$variables[ids])
  # What stands outside of a subset of a calibrated design is still there, as 0.
  design <- update(design, .y = ifelse(inside, y, 0))
  table <- svyby(~.y, as.formula(paste("~", paste(ids, collapse = "+"))), subset(design, inside), FUN,
                 drop.empty.groups = TRUE)
  domain <- apply(sapply(ids, function(id) paste0(id, "=", as.character(table[[id]]))), 1, paste, collapse = "&")
  rows <- data.frame(statistic = statistic, of = of, domain = domain, against = "", value = as.numeric(coef(table)),
                     se = as.numeric(SE(table)))
  rows[rows$se > 1e-9 * pmax(1, abs(rows$value)), ]
}

extra_figures <- function(design, data, tabulated) {
  everyone <- rep(TRUE, nrow(data))
  y <- unname(scores[as.character(data$outlook)])
  data$direction <- ifelse(y > 0, "increase", ifelse(y < 0, "decline", "unchanged"))
  design <- update(design, direction = data$direction)
  group <- function(id) ifelse(is.na(y), NA, as.numeric(data$outlook == id))
  single <- function(option) ifelse(is.na(data$use), NA, as.numeric(data$use == option))
  chosen <- strsplit(as.character(data$barriers), "|", fixed = TRUE)
  multiple <- function(option) {
    ifelse(is.na(data$barriers), NA, vapply(chosen, function(x) as.numeric(option %in% x), 0))
  }
  use <- setNames(lapply(c("never", "some", "daily"), single), paste0("use/", c("never", "some", "daily")))
  use[["use/at_all"]] <- ifelse(is.na(data$use), NA, as.numeric(data$use != "never"))
  barriers <- c("money", "time", "staff")
  barriers <- setNames(lapply(barriers, multiple), paste0("barriers/", barriers))
  groups <- setNames(lapply(names(scores), group), paste0("indicator/", names(scores)))
  up <- ifelse(is.na(y), NA, as.numeric(y > 0))
  down <- ifelse(is.na(y), NA, as.numeric(y < 0))
  rows <- list()
  add <- function(row) if (!is.null(row) && row$se[[1]] > 1e-9 * max(1, abs(row$value[[1]]))) rows[[length(rows) + 1]] <<- row
  parts <- function(by) {
    ids <- strsplit(by, "&", fixed = TRUE)[[1]]
    code <- apply(sapply(ids, function(id) paste0(id, "=", as.character(data[[id]]))), 1, paste, collapse = "&")
    ifelse(complete.cases(data[ids]), code, NA)
  }
  each <- function(by, figures, with_ratio) {
    code <- parts(by)
    for (domain in sort(unique(na.omit(code)))) {
      member <- !is.na(code) & code == domain
      for (of in names(figures)) {
        add(extra_others(design, of, domain, figures[[of]], member, !is.na(code)))
      }
      if (!with_ratio) next
      add(extra_of("mean", design, "indicator", domain, y, member))
      add(extra_of("ratio", design, "indicator", domain, up, member, down))
      add(extra_others(design, "indicator", domain, y, member, !is.na(code)))
    }
    for (of in names(figures)) {
      rows[[length(rows) + 1]] <<- extra_by(design, of, figures[[of]], by, svymean, "share")
      rows[[length(rows) + 1]] <<- extra_by(design, of, figures[[of]], by, svytotal, "total")
    }
  }
  for (figures in list(groups, use, barriers)) {
    for (of in names(figures)) add(extra_of("total", design, of, "", figures[[of]], everyone))
  }
  add(extra_of("ratio", design, "indicator", "", up, everyone, down))
  for (by in tabulated$indicator) each(by, groups, TRUE)
  for (by in tabulated$use) each(by, use, FALSE)
  for (by in tabulated$barriers) each(by, barriers, FALSE)
  do.call(rbind, rows)
}

write_extra <- function(name, definition, data, design, by = extra_by_default) {
  expected <- extra_figures(design, data, by)
  cat(sprintf("%s: %d figures\n", name, nrow(expected)))
  write_fixture(name, definition, data, design, expected)
  file.rename(file.path(folder, name), file.path(dirname(folder), "extra_fixtures", name))
}

make_extras <- function() {
  dir.create(file.path(dirname(folder), "extra_fixtures"), showWarnings = FALSE)
  data <- panel(300, 11, FALSE)
  plain <- svydesign(~1, weights = rep(1, 300), data = data)
  write_extra("raked", extra_definition(panel_margins, three, ""), data, raked(plain, panel_margins))
  write_extra("none-equal", extra_definition(list(), "method: NONE", ""), data, plain)

  data <- panel(400, 12, TRUE)
  weighted <- svydesign(~1, weights = ~base_weight, data = data)
  write_extra("raked-weighted", extra_definition(panel_margins, three, per_unit), data, raked(weighted, panel_margins))
  write_extra("none-weighted", extra_definition(list(), "method: NONE", per_unit), data, weighted)
  # What the cube holds is base weights times 8.
  write_extra("none-scaled",
              extra_definition(list(), "method: NONE",
                               "design { base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 3 }\n"), data, weighted)
  by_rake <- rake(weighted, lapply(names(panel_margins), function(id) as.formula(paste("~", id))),
                  lapply(names(panel_margins), function(id) {
                    setNames(data.frame(names(panel_margins[[id]]), panel_margins[[id]]), c(id, "Freq"))
                  }), control = list(maxit = 2000, epsilon = 1e-13, verbose = FALSE))
  write_extra("rake-variance", extra_definition(panel_margins, paste(three, "variance: VARIANCE_RAKE"), per_unit),
              data, by_rake)

  data <- panel(450, 13, TRUE)
  stratified <- svydesign(~1, strata = ~area, weights = ~base_weight, data = data)
  by_area <- "design { base_weights: BASE_WEIGHTS_PER_UNIT stratum_dimension: \"area\" }\n"
  write_extra("raked-strata", extra_definition(panel_margins, three, by_area), data, raked(stratified, panel_margins))
  write_extra("none-strata", extra_definition(list(), "method: NONE", by_area), data, stratified)

  data <- panel(350, 14, TRUE)
  data$scaled <- data$base_weight * 10000 / sum(data$base_weight)
  columns <- setdiff(names(data), "scaled")
  scaled <- svydesign(~1, weights = ~scaled, data = data)
  linear <- distances[["linear"]]
  write_extra("linear", extra_definition(panel_margins, paste(three, linear$fields), per_unit), data[columns],
              by_distance(scaled, panel_margins, linear))
  joint <- expand.grid(area = names(panel_margins$area), size = names(panel_margins$size))[, 2:1]
  joint$Freq <- round(panel_margins$size[joint$size] * panel_margins$area[joint$area] / 10000)
  seen <- interaction(data$size, data$area) |> table()
  stopifnot(all(seen > 0))
  write_extra("joint",
              paste0(extra_definition(list(), "method: POSTSTRATIFY dimensions: \"size\" dimensions: \"area\"", per_unit),
                     "population { joint_file: \"joint.csv\" }\n"),
              data[columns], postStratify(svydesign(~1, weights = ~base_weight, data = data), ~size + area, joint))
  names(joint)[3] <- "total"
  write.csv(joint, file.path(dirname(folder), "extra_fixtures", "joint", "joint.csv"), row.names = FALSE, quote = FALSE)
  make_municipalities()
}

# 47,040 cells, most of them empty: a margin of 98 municipalities, and a trade that is no margin.
make_municipalities <- function() {
  data <- panel(1500, 15, TRUE)
  codes <- sprintf("m%02d", 1:98)
  data$municipality <- factor(sample(codes, 1500, TRUE, rep(3:9, 14)), levels = codes)
  data$trade <- factor(sample(letters[1:12], 1500, TRUE), levels = letters[1:12])
  stopifnot(all(table(data$municipality) > 0))
  margins <- panel_margins
  size <- rep(3:9, 14) * (1:98 + 120)
  margins$municipality <- setNames(10000 * size / sum(size), codes)
  data$scaled <- data$base_weight * 10000 / sum(data$base_weight)
  totals <- c(margins, list(trade = setNames(rep(NA_real_, 12), letters[1:12])))
  by <- list(indicator = "trade", use = "trade&age", barriers = "municipality")
  dimensions <- panel_margins
  panel_margins <<- totals
  definition <- extra_definition(margins, paste(three, "dimensions: \"municipality\""), per_unit, by)
  panel_margins <<- dimensions
  design <- raked(svydesign(~1, weights = ~scaled, data = data), margins)
  write_extra("municipalities", definition, data[setdiff(names(data), "scaled")], design, by)
}
