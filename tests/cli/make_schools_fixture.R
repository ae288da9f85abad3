# Writes fixtures/schools.csv, what R's survey says of examples/schools:
#   Rscript make_schools_fixture.R > fixtures/schools.csv
suppressMessages(library(survey))
data(api)
options(digits = 17)
d <- apistrat
d$y <- ifelse(d$growth > 0, 100, ifelse(d$growth < 0, -100, 0))
d$up <- as.numeric(d$growth > 0)
d$meals_class <- cut(d$meals, c(-Inf, 20, 60, Inf), right = FALSE, labels = c("few", "some", "most"))
d$low <- as.numeric(d$target < 10)
d$award <- as.numeric(d$awards == "Yes")
d$nothing <- as.numeric(d$comp.imp == "No" & d$both == "No" & d$awards == "No")
design <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, data = d)
population <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122)
calibrated <- calibrate(design, ~ stype + sch.wide, population, calfun = "raking", epsilon = 1e-13,
                        maxit = 1000)
row <- function(statistic, of, domain, figure) {
  cat(sprintf("%s,%s,%s,%.17g,%.17g\n", statistic, of, domain, coef(figure)[1], SE(figure)[1]))
}
cat("statistic,of,domain,value,se\n")
row("mean", "indicator", "", svymean(~y, calibrated))
row("share", "indicator/increase", "", svymean(~up, calibrated))
levels <- c(elementary = "E", high = "H", middle = "M")
for (level in names(levels)) {
  row("mean", "indicator", paste0("level=", level),
      svymean(~y, subset(calibrated, stype == levels[[level]])))
}
for (class in c("few", "some", "most")) {
  row("mean", "indicator", paste0("meals=", class),
      svymean(~y, subset(calibrated, meals_class == class)))
}
row("share", "target/low", "", svymean(~low, calibrated, na.rm = TRUE))
row("share", "met/award", "", svymean(~award, calibrated))
row("share", "met/nothing", "", svymean(~nothing, calibrated))
