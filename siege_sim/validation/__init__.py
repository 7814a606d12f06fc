"""Records of real sieges, and measures of how near runs come to them."""
