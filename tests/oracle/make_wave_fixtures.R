# Makes the fixtures of differences between two waves that share units: both waves' definitions and
# responses, and what R's package survey gives for the stacked records with units as clusters and each wave
# calibrated to its own margins. Run by tools/make-oracle behind make_fixtures.R, whose functions it takes.

earlier_margins <- list(size = c(micro = 5600, small = 2900, medium = 1250, large = 250),
                        area = c(north = 3100, east = 2450, south = 2450, west = 1450, isle = 550),
                        age = c(young = 4300, old = 5700))

# Two waves of n1 and n2 units, `common` of them in both, with an outlook that a unit partly keeps.
wave_pair <- function(n1, n2, common, seed, unequal) {
  first <- panel(n1, seed, unequal)
  second <- panel(n2, seed + 1, unequal)
  first$unit <- sprintf("U%04d", seq_len(n1))
  second$unit <- sprintf("U%04d", n1 - common + seq_len(n2))
  both <- match(second$unit, first$unit)
  keep <- which(!is.na(both))
  for (id in names(panel_margins)) second[[id]][keep] <- first[[id]][both[keep]]
  alike <- keep[runif(length(keep)) < 0.6]
  second$outlook[alike] <- first$outlook[both[alike]]
  list(first = first, second = second)
}

# Each wave's margins as numeric columns: an intercept and dummies without the first category.
stacked_design <- function(waves, margins) {
  stack <- rbind(cbind(waves$first, .wave = 1), cbind(waves$second, .wave = 2))
  if (is.null(stack$base_weight)) stack$base_weight <- 1
  totals <- c()
  for (w in 1:2) {
    of_wave <- as.numeric(stack$.wave == w)
    add <- function(values, total) {
      name <- paste0("x", length(totals) + 1)
      stack[[name]] <<- of_wave * values
      totals[name] <<- total
    }
    add(rep(1, nrow(stack)), sum(margins[[w]][[1]]))
    for (id in names(margins[[w]])) for (code in names(margins[[w]][[id]])[-1]) {
      add(as.numeric(stack[[id]] == code), margins[[w]][[id]][[code]])
    }
  }
  # Scaled near the totals, where Newton's method starts well; per wave a factor changes nothing.
  total <- ave(stack$base_weight, stack$.wave, FUN = sum)
  stack$.d <- stack$base_weight * c(sum(margins[[1]][[1]]), sum(margins[[2]][[1]]))[stack$.wave] / total
  design <- svydesign(~unit, weights = ~.d, data = stack)
  design <- calibrate(design, as.formula(paste("~ 0 +", paste(names(totals), collapse = "+"))), totals,
                      calfun = "raking", epsilon = 1e-13, maxit = 1000)
  list(design = design, data = stack)
}

wave_difference <- function(stacked, of, domain, y, member) {
  data <- stacked$data
  inside <- function(w) as.numeric(!is.na(y) & member & data$.wave == w)
  later <- inside(2)
  earlier <- inside(1)
  y <- ifelse(is.na(y), 0, y)
  design <- update(stacked$design, .n2 = later, .n1 = earlier, .y2 = y * later, .y1 = y * earlier)
  totals <- svytotal(~.y2 + .n2 + .y1 + .n1, design)
  contrast <- svycontrast(totals, quote(.y2 / .n2 - .y1 / .n1))
  data.frame(of = of, domain = domain, value = coef(contrast)[[1]], se = SE(contrast)[[1]])
}

make_wave_fixture <- function(name, waves, unequal) {
  margins <- list(earlier_margins, panel_margins)
  stacked <- stacked_design(waves, margins)
  data <- stacked$data
  y <- unname(scores[data$outlook])
  everyone <- rep(TRUE, nrow(data))
  rows <- list(wave_difference(stacked, "indicator", "", y, everyone))
  add <- function(...) rows[[length(rows) + 1]] <<- wave_difference(stacked, ...)
  for (group in names(scores)) {
    add(paste0("indicator/", group), "", ifelse(is.na(data$outlook), NA, as.numeric(data$outlook == group)), everyone)
  }
  for (id in c("size", "use")) for (code in sort(unique(na.omit(as.character(data[[id]]))))) {
    add("indicator", paste0(id, "=", code), y, !is.na(data[[id]]) & data[[id]] == code)
  }
  add("use/daily", "", ifelse(is.na(data$use), NA, as.numeric(data$use == "daily")), everyone)
  add("barriers/time", "", ifelse(is.na(data$barriers), NA, as.numeric(grepl("time", data$barriers))), everyone)
  to <- file.path(dirname(folder), "wave_fixtures", name)
  dir.create(to, showWarnings = FALSE, recursive = TRUE)
  for (w in 1:2) {
    responses <- waves[[w]]
    if (unequal) responses$base_weight <- number(responses$base_weight)
    responses <- cbind(respondent_id = responses$unit, responses[setdiff(names(responses), "unit")])
    which <- c("earlier", "later")[w]
    write.csv(responses, file.path(to, paste0(which, ".csv")), row.names = FALSE, quote = FALSE, na = "")
    cat("id: \"", name, "-", which, "\"\nfieldwork_start: \"2025-0", 1 + 4 * w, "-01\"\nfieldwork_end: \"2025-0",
        1 + 4 * w, "-30\"\nchannels { code: \"web\" }\nmax_respondents: 10000\n",
        panel_definition(margins[[w]], three, if (unequal) per_unit else ""), sep = "",
        file = file.path(to, paste0(which, ".textproto")))
  }
  expected <- do.call(rbind, rows)
  for (column in c("value", "se")) expected[[column]] <- number(expected[[column]])
  write.csv(expected, file.path(to, "expected.csv"), row.names = FALSE, quote = FALSE, na = "")
}

make_waves <- function() {
  make_wave_fixture("waves-overlap", wave_pair(260, 300, 150, 11, FALSE), FALSE)
  make_wave_fixture("waves-weighted", wave_pair(320, 280, 90, 21, TRUE), TRUE)
}
