# Makes the expected response propensities: cells with units invited and responded, and what R's glm gives for
# them. Rscript tests/oracle/make_propensity_fixtures.R tests/estimate/fixtures
options(digits = 17)
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20251125)
dimensions <- c("size", "area", "age")

make_cells <- function(intercept, invited, nobody = "", sparse = FALSE) {
  cells <- expand.grid(age = c("young", "old"), area = c("north", "middle", "south", "east"),
                       size = c("s", "m", "l"), stringsAsFactors = FALSE)[, dimensions]
  eta <- intercept + c(s = 0, m = 0.4, l = 0.9)[cells$size] +
    c(north = 0, middle = -0.3, south = 0.2, east = 0.6)[cells$area] + ifelse(cells$age == "old", 0.5, 0)
  cells$invited <- 1 + rpois(nrow(cells), invited)
  cells$responded <- rbinom(nrow(cells), cells$invited, plogis(eta))
  cells$responded[cells$area == nobody] <- 0
  if (sparse) cells <- cells[sort(sample(nrow(cells), 14)), ]
  cells
}

measure <- function(cells) {
  n <- sum(cells$invited)
  mean_rate <- sum(cells$responded) / n
  fit <- suppressWarnings(glm(cbind(responded, invited - responded) ~ size + area + age, binomial, cells,
                              epsilon = 1e-16, maxit = 200))
  rate <- unname(fitted(fit))
  x <- model.matrix(fit)[, !is.na(coef(fit))]
  sigma <- vcov(fit)[colnames(x), colnames(x)]
  s2 <- sum(cells$invited * (rate - mean_rate)^2) / (n - 1)
  b <- sum(cells$invited * (rate * (1 - rate))^2 * rowSums((x %*% sigma) * x)) / n
  out <- data.frame(of = c("mean", "cv", "r", "r_adjusted"), category = "",
                    value = c(mean_rate, sqrt(s2) / mean_rate, 1 - 2 * sqrt(s2), 1 - 2 * sqrt(max(0, s2 - b))))
  for (dimension in dimensions) {
    by <- cells[[dimension]]
    others <- do.call(paste, cells[setdiff(dimensions, dimension)])
    class_mean <- ave(cells$invited * rate, others, FUN = sum) / ave(cells$invited, others, FUN = sum)
    square <- tapply(cells$invited * (rate - class_mean)^2, by, sum) / n
    invited <- tapply(cells$invited, by, sum)
    rates <- tapply(cells$responded, by, sum) / invited
    alone <- sum(invited * (rates - mean_rate)^2) / (n - 1)
    bias <- sum(rates * (1 - rates) * invited / (invited - 1) * (1 - invited / n)) / (n - 1)
    out <- rbind(out, data.frame(of = paste0(dimension, c("/cv", "/r_adjusted", "/conditional")), category = "",
                                 value = c(sqrt(alone) / mean_rate, 1 - 2 * sqrt(max(0, alone - bias)),
                                           sqrt(sum(square)))),
                 data.frame(of = paste0(dimension, "/unconditional"), category = names(rates),
                            value = as.vector(sqrt(invited / n) * (rates - mean_rate))),
                 data.frame(of = paste0(dimension, "/conditional"), category = names(square),
                            value = as.vector(sqrt(square))))
  }
  out
}

panels <- list(even = make_cells(-1, 200), rare = make_cells(-4, 900), few = make_cells(-0.5, 8),
               sparse = make_cells(-0.7, 60, sparse = TRUE), nobody = make_cells(-1, 100, nobody = "south"))
all_cells <- do.call(rbind, lapply(names(panels), function(name) cbind(panel = name, panels[[name]])))
expected <- do.call(rbind, lapply(names(panels), function(name) cbind(panel = name, measure(panels[[name]]))))
expected$value <- sprintf("%.17g", expected$value)
write.csv(all_cells, file.path(folder, "propensity_cells.csv"), row.names = FALSE, quote = FALSE)
write.csv(expected, file.path(folder, "propensity_expected.csv"), row.names = FALSE, quote = FALSE)
