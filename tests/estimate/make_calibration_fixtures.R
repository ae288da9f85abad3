# Calibrated weights by R's package survey, for calibration_oracle_test. From the repository:
#   Rscript --vanilla tests/estimate/make_calibration_fixtures.R tests/estimate/fixtures/calibration.csv
library(survey)

set.seed(20250901)
n <- 240
sizes <- c("micro", "small", "medium")
areas <- c("north", "east", "south", "west")
data <- data.frame(
  size = factor(sample(sizes, n, TRUE, c(.55, .3, .15)), sizes),
  area = factor(sample(areas, n, TRUE, c(.3, .3, .2, .2)), areas),
  d = round(exp(rnorm(n, 1, .5)), 6))
population <- c(`(Intercept)` = 10000, sizesmall = 2500, sizemedium = 500,
                areaeast = 3000, areasouth = 2000, areawest = 1000)
# Bounds are on weights relative to base weights that add up to the population.
data$scaled <- data$d * 10000 / sum(data$d)
design <- svydesign(ids = ~1, weights = ~scaled, data = data)
weights_of <- function(...) {
  weights(calibrate(design, ~ size + area, population = population, epsilon = 1e-13, maxit = 500,
                    ...))
}
data$linear <- weights_of(calfun = "linear")
data$linear_bounded <- weights_of(calfun = "linear", bounds = c(.3, 1.6))
data$logit <- weights_of(calfun = "logit", bounds = c(.2, 2))
data$raking <- weights_of(calfun = "raking")
numbers <- c("d", "linear", "linear_bounded", "logit", "raking")
data[numbers] <- lapply(data[numbers], function(x) sprintf("%.17g", x))
write.csv(data[c("size", "area", numbers)], commandArgs(TRUE)[1], row.names = FALSE, quote = FALSE)
