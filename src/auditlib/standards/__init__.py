"""What an audit judges by: dated editions, profiles, measurement and criterion to outcome, the decision.

`judge.judge_one` is the law for one criterion, `decision.decide` the rule for all; `edition` and
`profile` are the law as it is written, `lint` checks it; `measure.measure` makes a function the measure
of a metric; `verdict.assess` does all of it for one audit.
"""
