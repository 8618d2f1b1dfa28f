"""Allowances: how much of something a key, a user or a group may use in a span of time, counted over all processes."""
