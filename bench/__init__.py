"""How fast the component is, as ratios in one run: see ``scripts/bench``."""
