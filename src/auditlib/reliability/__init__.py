"""Whether data can be relied on for its purpose: three-way answers, coverage, response rates."""
