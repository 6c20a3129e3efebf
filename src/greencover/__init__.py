"""Forest coverage, roadside greening and green space by township, village and road."""
