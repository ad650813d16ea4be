"""One open audit: parameters and evidence in, recorded numbers, exhibits and findings out."""
