"""Whether complaints are solved in time, stay solved, and lose their causes."""
