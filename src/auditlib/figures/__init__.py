"""Results become axes: the only home of matplotlib and seaborn."""
