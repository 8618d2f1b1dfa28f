"""Groups of users: what is shared with a group, its members have; what limits a group, limits them."""
