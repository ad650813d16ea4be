"""Whether customers are asked enough, often enough, and not too often."""
