"""Who stands behind what a request brought."""
