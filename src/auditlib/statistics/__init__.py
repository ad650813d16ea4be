"""Arrays in, numbers out: the estimators the suite stands on. Nothing here knows what a survey is.

One module per subject: `intervals`, `funnel`, `shrinkage`, `reliability`, `ranks`, `discovery`,
`case_mix`, `bias_reduced`, `suppression`. Over time: `trend`, `lasting_change`, `residual_chart`,
`control_charts`, `anytime`, on `autoregression` and `mixture`. Drivers: `within` (regressions within groups),
`relative_importance`, `redrawn` (whole clusters drawn again). Staggered adoption: `adoption` (the panel),
`group_time`, `imputation`, `two_way`, `decomposition`; its inference: `clustered`, `wild_bootstrap`,
`randomisation`, `few_clusters`, `bands`; what it hangs on: `pre_trend`, `relative_magnitudes`, `smoothness`.

Conventions, the same everywhere
--------------------------------
- A level is the nominal two-sided coverage, between 0 and 1: 0.95 leaves 2.5% on each side.
- Critical values are exact quantiles (1.959964 for 95%, 3.090232 for 99.8%), never 2 or 3.
- Quantiles of data interpolate linearly (type 7 of Hyndman and Fan 1996).
- The variance of scores divides by n - 1; the variance of a share or of a net promoter score is its
  plug-in value over n.
- A mean has a t interval with n - 1 degrees of freedom; with clusters the sandwich is scaled by
  G / (G - 1) and has G - 1 degrees of freedom.
- The quantile of B simulated values is the smallest that at least the wanted share of them does not
  exceed; a simulated p-value is (1 + exceedances) / (1 + B).
- A variance between units that comes out negative is zero.
- What cannot be computed is returned as a `Refusal` that says why, never as NaN. A caller's mistake
  (shapes that differ, a negative count) is a ValueError.
"""
