"""How right a map is: reference points, error matrices, areas with their intervals."""
