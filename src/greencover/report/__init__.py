"""What reports have in common: labels, sentences, selections, colours, and the tidy table."""
