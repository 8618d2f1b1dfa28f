"""Storyboards: what a player shows above its bar, and chapters."""
