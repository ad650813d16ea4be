"""Arrays in, numbers out: estimators, intervals, limits and tests. Knows nothing of surveys."""
