"""From a client's files to a first run file, and whether a run file and its data fit together.

Everything here is a proposal: it is written with its grounds, and the auditor decides.
"""
