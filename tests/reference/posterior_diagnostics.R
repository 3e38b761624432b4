# Makes posterior_diagnostics.csv and posterior_pareto.csv:  Rscript posterior_diagnostics.R  (Debian 12: r-cran-posterior, r-cran-loo)
# Draws come from arithmetic alone, so that tests/infer/diagnostics repeats them: x' = 16807 x mod (2^31 - 1).
suppressMessages({library(posterior); library(loo)})
options(warn = -1)
state <- 0
unif <- function() { state <<- (16807 * state) %% 2147483647; state / 2147483647 }
norm <- function() { s <- 0; for (i in 1:12) s <- s + unif(); s - 6 }
fill <- function(draws, chains, f) {
  x <- matrix(0, draws, chains)
  for (c in 1:chains) { last <- 0; for (i in 1:draws) { last <- f(last, i, c); x[i, c] <- last } }
  x
}
ar <- function(a) function(last, i, c) a * last + norm()
iid <- function(last, i, c) norm()
cases <- list(
  iid            = list(1000, 4, iid),
  ar_0.9         = list(1000, 4, ar(0.9)),
  ar_0.995       = list(400, 4, ar(0.995)),
  antithetic     = list(1000, 4, ar(-0.5)),
  very_antithetic = list(500, 2, ar(-0.95)),
  heavy_tails    = list(1000, 4, function(last, i, c) { a <- norm(); a / norm() }),
  one_shifted    = list(1000, 4, function(last, i, c) norm() + (if (c == 3) 2 else 0)),
  one_wide       = list(1000, 4, function(last, i, c) norm() * (if (c == 2) 3 else 1)),
  one_stuck      = list(200, 4, function(last, i, c) if (c == 1) 0.25 else norm()),
  offset         = list(500, 4, function(last, i, c) 1e6 + 1e-3 * norm()),
  trend          = list(300, 2, function(last, i, c) 0.01 * i + norm()),
  integers       = list(1000, 4, function(last, i, c) floor(4 * unif())),
  binary         = list(100, 4, function(last, i, c) floor(2 * unif())),
  odd            = list(501, 4, ar(0.5)),
  one_chain      = list(1000, 1, ar(0.3)),
  short          = list(20, 4, iid),
  shortest       = list(6, 2, iid),
  five           = list(5, 2, iid),
  constant       = list(100, 4, function(last, i, c) 3),
  with_nan       = list(100, 4, function(last, i, c) { u <- unif(); if (i == 7 && c == 2) NaN else u }))
number <- function(v) ifelse(is.na(v), "NaN", sprintf("%.17g", v))
rows <- c("# rhat, ESS and MCSE of R's posterior 1.4.0 for the draws of posterior_diagnostics.R; state = seed of the generator",
          "case,state,draws,chains,rhat,ess_bulk,ess_tail,ess_mean,ess_q05,ess_q50,mcse_mean,mcse_sd,mcse_q05,mcse_q50")
for (k in seq_along(cases)) {
  spec <- cases[[k]]
  seed <- 1000 + k; state <- seed
  x <- fill(spec[[1]], spec[[2]], spec[[3]])
  y <- if (names(cases)[k] == "offset") x - 1e6 else x  # posterior's ess_mean loses digits to an offset, 7e-8 here
  safely <- function(f) tryCatch(f, error = function(e) NA)
  v <- c(safely(rhat(x)), safely(ess_bulk(x)), safely(ess_tail(x)), safely(ess_mean(y)), safely(ess_quantile(x, 0.05)),
         safely(ess_quantile(x, 0.5)), safely(mcse_mean(y)), safely(mcse_sd(x)), safely(mcse_quantile(x, 0.05)),
         safely(mcse_quantile(x, 0.5)))
  rows <- c(rows, paste(c(names(cases)[k], seed, spec[[1]], spec[[2]], sapply(v, number)), collapse = ","))
}
writeLines(rows, "posterior_diagnostics.csv")

# Pareto k-hat of importance ratios u^-k with loo 2.5.1: psis(log ratios, r_eff = 1).
rows <- c("# Pareto k and a smoothed weight of loo 2.5.1 psis(log_ratios, r_eff = 1); log ratio i = -k log(u_i), see posterior_diagnostics.R",
          "k,state,size,pareto_k,log_weight_max,log_sum_weights,ess")
for (k in c(-0.2, 0.1, 0.5, 0.9, 1.5)) for (size in c(100, 400, 2000)) {
  seed <- 2000 + size; state <- seed
  lr <- numeric(size); for (i in 1:size) lr[i] <- -k * log(unif())
  p <- suppressWarnings(psis(lr, r_eff = 1))
  w <- p$log_weights[, 1]
  rows <- c(rows, paste(c(k, seed, size, number(pareto_k_values(p)), number(max(w)), number(max(w) + log(sum(exp(w - max(w))))),
            number(sum(exp(w))^2 / sum(exp(2 * w)))), collapse = ","))
}
writeLines(rows, "posterior_pareto.csv")
