#!/usr/bin/env Rscript
# R's package survey on the responses of estimate_bench: rake, then svymean and svyby for the wave's
# tabulations, beside the benchmark's own times. From the root of the repository:
#   Rscript --vanilla bench/estimate/peer.R build/release/bench/estimate/estimate_bench
suppressPackageStartupMessages(library(survey))
bench <- commandArgs(trailingOnly = TRUE)[1]
file <- tempfile(fileext = ".csv")
stopifnot(system2(bench, paste0("--responses=", file)) == 0)
data <- read.csv(file, colClasses = "character", na.strings = "")
totals <- read.csv("waves/virksomhedspanel-2025-efteraar.population.csv", colClasses = c("character", "character", "numeric"))
dimensions <- c("industry", "size", "area", "age")
margins <- lapply(dimensions, function(id) {
  setNames(totals[totals$dimension == id, c("category", "total")], c(id, "Freq"))
})
formulas <- lapply(dimensions, function(id) as.formula(paste("~", id)))

# The indicator's scores by its two questions; don't know and no answer give none.
scores <- c("up down" = 100, "up same" = 50, "same down" = 50, "same same" = 0, "up up" = 0, "down down" = 0,
            "down same" = -50, "same up" = -50, "down up" = -100)
data$indicator <- unname(scores[paste(data$revenue, data$employees)])
data$direction <- ifelse(data$indicator > 0, "increase", ifelse(data$indicator < 0, "decline", "unchanged"))
single <- c("ai_use", grep("^factor_", names(data), value = TRUE))
for (id in single) data[[id]][data[[id]] %in% c("dont_know", "not_relevant")] <- NA
options_of <- function(id) setdiff(sort(unique(unlist(strsplit(na.omit(data[[id]]), "|", fixed = TRUE)))), "dont_know")
valid <- !is.na(data$barriers) & data$barriers != "dont_know"
barriers <- options_of("barriers")
for (option in barriers) {
  data[[paste0("barriers.", option)]] <-
    ifelse(valid, as.numeric(grepl(paste0("(^|\\|)", option, "(\\||$)"), data$barriers)), NA)
}
for (id in single) for (option in options_of(id)) {
  data[[paste0(id, ".", option)]] <- as.numeric(data[[id]] == option)
}

seconds <- function(what) unname(system.time(what)["user.self"])
design <- svydesign(~1, weights = rep(1, nrow(data)), data = data)
raking <- seconds(raked <- rake(design, formulas, margins,
                                control = list(maxit = 1000, epsilon = 1e-10, verbose = FALSE)))
figures <- 0
count <- function(result) {
  figures <<- figures + length(SE(result))
  result
}
by <- function(y, domain) {
  part <- subset(raked, !is.na(data[[sub("~", "", deparse(y), fixed = TRUE)]]) & !is.na(data[[domain]]))
  count(svyby(y, as.formula(paste("~", domain)), part, svymean))
}
everything <- seconds({
  indicator <- count(svymean(~indicator, raked, na.rm = TRUE))
  for (domain in c(dimensions, "ai_use")) by(~indicator, domain)
  columns <- grep("^(ai_use|factor_[a-z]+|barriers)\\.", names(data), value = TRUE)
  for (column in columns) {
    y <- as.formula(paste0("~", column))
    count(svymean(y, raked, na.rm = TRUE))
    if (!startsWith(column, "ai_use")) by(y, "direction")
  }
})
cat(sprintf("R %s, survey %s, %d respondents\n", getRversion(), packageVersion("survey"), nrow(data)))
cat(sprintf("  rake                 %12.0f us CPU time\n", 1e6 * raking))
cat(sprintf("  svymean and svyby    %12.0f us   %d figures with SE\n", 1e6 * everything, figures))
cat(sprintf("  indicator %.9f, se %.9f\n", coef(indicator), SE(indicator)))
cat("panelpuls, same responses (CPU time, one thread)\n")
system2(bench, c("--benchmark_filter=/4000/1$", "--benchmark_min_time=0.5"), stderr = FALSE)
