# Writes schools.csv: Rscript make.R > schools.csv
suppressMessages(library(survey))
data(api)
columns <- c("cds", "stype", "sch.wide", "growth", "meals", "target", "comp.imp", "both", "awards",
             "pw")
options(digits = 17)
write.csv(apistrat[columns], row.names = FALSE, quote = 1:3)
