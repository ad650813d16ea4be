"""A service company with planted truth, for demonstrations and for measuring the suite itself."""
