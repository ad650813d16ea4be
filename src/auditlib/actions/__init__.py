"""What is done about findings: actions with one owner each, carried from audit to audit."""
