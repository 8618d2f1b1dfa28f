"""What callers have made of their media: recipes, presets, sets of renditions."""
