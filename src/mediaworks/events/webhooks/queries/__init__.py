"""What is kept of webhooks: endpoints, the log of deliveries, and the lanes in which they go out."""
